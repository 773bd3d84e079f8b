import FoundationEssentials
import HTTP
import HTTPTypes
import Jobs

extension EditAPI {
  /// `POST /v1/scores`: what the judges say of a picture; nothing of it is kept.
  func score(_ request: Request) async throws -> Response {
    _ = try Query(request, allowed: [])
    guard let scoring = surroundings.scoring else {
      throw surroundings.models == nil ? APIError.scoresElsewhere : APIError.judgesOff
    }
    guard !health.isDraining else { throw APIError.draining }
    let type = try contentType(of: request)
    let pass = try gate.enter(
      request.client?.limitKey, owner: request.caller.owner, key: nil)
    defer { gate.leave(pass) }
    let body = try await body(of: request, type)
    let submission = try ScoreSubmission(body, models: try await catalogue())
    do {
      return Response.json(ScoreDocument(try await scoring.score(submission)))
    } catch let failure as ScoreFailure {
      throw APIError(failure)
    } catch is CancellationError {
      throw APIError.draining
    }
  }
}

extension APIError {
  fileprivate init(_ failure: ScoreFailure) {
    self =
      switch failure {
      case .invalid(let field, let detail): .invalidField("/\(field)", detail)
      case .full(let seconds): .scoresFull(retryAfter: seconds)
      case .draining: .draining
      case .failed(let detail): .scoringFailed(detail)
      }
  }
}

/// The wire form of a picture's scores.
struct ScoreDocument: Encodable {
  struct Mask: Encodable {
    var rule: String
    var share: Double
  }

  struct HeatMap: Encodable {
    var mediaType = "image/png"
    var width: Int
    var height: Int
    /// Base64.
    var data: String

    enum CodingKeys: String, CodingKey {
      case mediaType = "media_type"
      case width
      case height
      case data
    }
  }

  var object = "score"
  var scores: CandidateScores
  /// The part of the picture that was judged, and that the heat map lies over.
  var region: PictureRegion
  var mask: Mask?
  var heatMap: HeatMap?
  var warnings: [String]

  enum CodingKeys: String, CodingKey {
    case object
    case scores
    case region
    case mask
    case heatMap = "heat_map"
    case warnings
  }

  init(_ answer: ScoreAnswer) {
    scores = answer.scores
    region = answer.region
    mask = answer.mask.map { Mask(rule: $0.rule, share: $0.share) }
    heatMap = answer.heatMap.map {
      HeatMap(width: $0.width, height: $0.height, data: Data($0.bytes).base64EncodedString())
    }
    warnings = answer.warnings
  }
}
