import HTTP
import Jobs

/// A job as clients see it.
struct JobDocument: Encodable {
  var id: JobID
  var object = "edit"
  var state: JobState
  var task: String
  var createdAt: Timestamp
  var startedAt: Timestamp?
  var finishedAt: Timestamp?
  /// Jobs that are taken before this one; only while it is queued.
  var queuePosition: Int?
  var attempt: Int
  var cancelRequested: Bool
  var progress: Progress?
  /// Also that of candidate 0; candidate k is drawn with seed + k.
  var seed: UInt32
  /// As understood: the seed filled in.
  var parameters: [String: JSONValue]
  var mask: Mask?
  var prompt: Prompt?
  var candidates: [Candidate]
  var timings: Timings
  var warnings: [String]
  var error: Failure?
  var metadata: [String: JSONValue]?
  /// Who hears of it, and of what.
  var webhook: JSONValue?
  var links: [String: String]
  var sequence: Int64

  enum CodingKeys: String, CodingKey {
    case id
    case object
    case state
    case task
    case createdAt = "created_at"
    case startedAt = "started_at"
    case finishedAt = "finished_at"
    case queuePosition = "queue_position"
    case attempt
    case cancelRequested = "cancel_requested"
    case progress
    case seed
    case parameters
    case mask
    case prompt
    case candidates
    case timings
    case warnings
    case error
    case metadata
    case webhook
    case links
    case sequence
  }

  struct Progress: Encodable {
    var stage: String
    var step: Int
    var steps: Int
    var candidate: Int
    var candidates: Int
    var fraction: Double
    var scored: [ScoredCandidate]?
    var previews: [Preview]?
  }

  struct Preview: Encodable {
    var candidate: Int
    var step: Int
    var steps: Int
    var url: String
    var mediaType: String
    var width: Int
    var height: Int
    var bytes: Int

    enum CodingKeys: String, CodingKey {
      case candidate
      case step
      case steps
      case url
      case mediaType = "media_type"
      case width
      case height
      case bytes
    }
  }

  struct Mask: Encodable {
    var rule: String?
    var share: Double
  }

  struct Prompt: Encodable {
    var truncated: Bool
  }

  struct Candidate: Encodable {
    /// Which draw it is: its seed is the job's + index.
    var index: Int
    /// 1 is the best; absent where there are no scores to order by.
    var rank: Int?
    var url: String
    var seed: UInt32
    var mediaType: String
    var width: Int
    var height: Int
    var bytes: Int
    var sha256: String
    var preserved: PreservedPixels
    var seam: SeamShift?
    var scores: Nullable<CandidateScores>
    var coherenceMap: CoherenceMap?
    var receipt: JSONValue

    enum CodingKeys: String, CodingKey {
      case index
      case rank
      case url
      case seed
      case mediaType = "media_type"
      case width
      case height
      case bytes
      case sha256
      case preserved
      case seam
      case scores
      case coherenceMap = "coherence_map"
      case receipt
    }
  }

  struct CoherenceMap: Encodable {
    var url: String
    var width: Int
    var height: Int
    /// The part of the picture that it lies over.
    var region: PictureRegion
  }

  /// Seconds.
  struct Timings: Encodable {
    var wait: Double?
    var run: Double?
    var stages: [String: Double]?
  }

  /// A problem document inside the job's (RFC 9457).
  struct Failure: Encodable {
    var type: String
    var title: String
    var code: String
    var detail: String
  }

  /// Changes whenever the document does.
  var tag: EntityTag {
    EntityTag(queuePosition.map { "\(sequence)-\($0)" } ?? "\(sequence)", isWeak: true)
  }
}

/// A page of jobs.
struct JobListDocument: Encodable {
  var object = "list"
  var edits: [JobDocument]
  var nextCursor: String?
  var links: [String: String]

  enum CodingKeys: String, CodingKey {
    case object
    case edits
    case nextCursor = "next_cursor"
    case links
  }

  init(
    edits: [JobDocument], next: JobCursor?, query: QueryItems, link: (String) -> String
  ) {
    self.edits = edits
    nextCursor = next?.text
    links = [:]
    guard let next else { return }
    let kept = query.items.filter { $0.name != "cursor" } + [("cursor", next.text)]
    let text = kept.map { "\($0.name)=\(PercentCoding.encode($0.value))" }.joined(separator: "&")
    links["next"] = link("/v1/edits?\(text)")
  }
}

/// Written as `null` where there is nothing, instead of being left out.
struct Nullable<Value: Encodable>: Encodable {
  let value: Value?

  init(_ value: Value?) {
    self.value = value
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let value { try container.encode(value) } else { try container.encodeNil() }
  }
}
