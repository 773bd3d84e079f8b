import API
import Compute
import Editing
import Foundation
import Imaging
import Jobs
import Rewards
import Workers

/// Scores pictures for the API with the engine, on threads of their own.
final class ScoringAdapter: PictureScoring {
  private let editor: Editor
  private let pool: BoundedPool
  private let team: ThreadTeam

  /// `nil` where every judge is off: then there is nothing to score with.
  /// - Parameters:
  ///   - threads: threads of one picture; 0 takes every core.
  ///   - waiting: pictures that may wait.
  init?(editor: Editor, threads: Int, waiting: Int) throws {
    guard !editor.judges.isEmpty else { return nil }
    self.editor = editor
    team = ThreadTeam(threads: threads > 0 ? threads : AvailableCores.count, niceness: 10)
    pool = try BoundedPool("score", threads: 1, limit: waiting)
  }

  func score(_ submission: ScoreSubmission) async throws -> ScoreAnswer {
    do {
      return try await pool.run { [editor, team] in
        try ThreadTeam.$current.withValue(team) {
          ScoreAnswer(try editor.score(ScoreRequest(submission)))
        }
      }
    } catch let error as EditError {
      throw ScoreFailure(error)
    } catch let error as RewardError {
      throw ScoreFailure.failed(error.description)
    } catch BoundedPool.Refusal.full(let seconds) {
      throw ScoreFailure.full(retryAfter: seconds)
    } catch BoundedPool.Refusal.closed {
      throw ScoreFailure.draining
    }
  }

  func close() { pool.close() }
}

extension ScoreFailure {
  init(_ error: EditError) {
    self =
      switch error {
      case .invalidRequest(let field, let detail): .invalid(field: field, detail: detail)
      case .imaging(_, .invalidParameter(let name, let reason)):
        .invalid(field: name, detail: reason)
      case .imaging(let field, let error): .invalid(field: field, detail: error.description)
      case .model, .notFinite, .belowMinimum: .failed(error.description)
      }
  }
}

extension ScoreRequest {
  init(_ submission: ScoreSubmission) {
    let parameters = submission.parameters
    self.init(
      parameters, image: submission.image, mask: submission.mask)
  }

  init(_ parameters: ScoreParameters, image: [UInt8], mask: [UInt8]?) {
    self.init(image: image, mask: mask, prompt: parameters.prompt)
    maskOptions = MaskOptions(parameters.edit)
    context = Context(parameters.context)
    resolution = parameters.resolution
    weights = parameters.select.map(RewardWeights.init)
    wantsHeatMap = parameters.heatMap
  }
}

extension ScoreAnswer {
  init(_ result: ScoreResult) {
    self.init(
      scores: CandidateScores(result.scores, combined: result.combined),
      region: PictureRegion(result.region), mask: result.mask,
      heatMap: result.heatMap.map { Map(bytes: $0.bytes, width: $0.width, height: $0.height) },
      warnings: result.warnings)
  }
}
