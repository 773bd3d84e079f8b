import FoundationEssentials
import HTTP
import Jobs

/// The answer of `POST /v1/images/edits`; unknown members survive in OpenAI's clients.
struct OpenAIImages: Encodable {
  struct Image: Encodable {
    var b64JSON: String?
    var url: String?
    /// Seed, scores, preserved pixels and the rest of the native answer.
    var byteedit: JobDocument.Candidate

    enum CodingKeys: String, CodingKey {
      case b64JSON = "b64_json"
      case url
      case byteedit
    }
  }

  var created: Int64
  var data: [Image]
  var background = "opaque"
  var outputFormat: String
  var quality: String
  var size: String
  /// The whole job.
  var byteedit: JobDocument

  enum CodingKeys: String, CodingKey {
    case created
    case data
    case background
    case outputFormat = "output_format"
    case quality
    case size
    case byteedit
  }
}

/// One picture of a stream: unfinished, or done.
struct OpenAIImageEvent: Encodable {
  enum Kind: String, Encodable {
    case partial = "image_edit.partial_image"
    case completed = "image_edit.completed"
  }

  var type: Kind
  var b64JSON: String
  var createdAt: Int64
  var background = "opaque"
  var outputFormat: String
  var quality: String
  var size: String
  var partialImageIndex: Int?
  var byteedit: Extra

  enum CodingKeys: String, CodingKey {
    case type
    case b64JSON = "b64_json"
    case createdAt = "created_at"
    case background
    case outputFormat = "output_format"
    case quality
    case size
    case partialImageIndex = "partial_image_index"
    case byteedit
  }

  /// What the native API says of the picture.
  enum Extra: Encodable {
    case preview(JobDocument.Preview)
    case candidate(JobDocument.Candidate)

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .preview(let preview): try preview.encode(to: encoder)
      case .candidate(let candidate): try candidate.encode(to: encoder)
      }
    }
  }
}
