import Compute
import Editing
import Foundation
import Imaging
import Jobs
import Locks
import Rewards
import Workers

/// Makes the workers' edits with the engine, each on a team of threads of its own.
final class EngineAdapter: EditPerforming {
  private let editor: Editor
  private let pictures: DecodedPictures
  private let carriesProvenance: Bool
  private let teams: Lock<[ThreadTeam]>
  private let threads: Int

  /// - Parameters:
  ///   - pictures: what was decoded of pictures when they were checked.
  ///   - workers: edits at the same time.
  ///   - threads: threads of one edit; 0 shares the machine's cores among the workers.
  init(
    editor: Editor, pictures: DecodedPictures, workers: Int, threads: Int, carriesProvenance: Bool
  ) {
    self.editor = editor
    self.pictures = pictures
    self.carriesProvenance = carriesProvenance
    self.threads = threads > 0 ? threads : max(1, AvailableCores.count / workers)
    let count = self.threads
    teams = Lock((0..<workers).map { _ in ThreadTeam(threads: count, niceness: 10) })
  }

  func perform(
    _ input: EditInput, onEvent: (EditStep) throws -> Void,
    onCheckpoint: (_ make: () -> [UInt8]) throws -> Void
  ) throws -> EditOutput {
    var request = EditRequest(
      input.parameters, seed: input.seed, reading: KeptPictures(input, pictures))
    request.output.carriesProvenance = carriesProvenance
    let team = teams.withLock { $0.popLast() } ?? ThreadTeam(threads: threads, niceness: 10)
    defer { teams.withLock { $0.append(team) } }
    let result = try withoutActuallyEscaping(onEvent) { onEvent in
      try withoutActuallyEscaping(onCheckpoint) { onCheckpoint in
        try ThreadTeam.$current.withValue(team) {
          try edit(
            request, EditResumption(from: input.checkpoint, offer: onCheckpoint)
          ) { try onEvent(EditStep($0)) }
        }
      }
    }
    return EditOutput(result)
  }

  private func edit(
    _ request: EditRequest, _ resumption: EditResumption,
    onEvent: @escaping (EditEvent) throws -> Void
  ) throws -> EditResult {
    do {
      return try editor.edit(request, onEvent: onEvent, resumption: resumption)
    } catch let error as EditError {
      throw EditFailure(error)
    } catch let error as RewardError {
      throw EditFailure.permanent(JobError(code: "judge_failed", detail: error.description))
    }
  }
}

extension EditFailure {
  /// What the engine refuses it would refuse again.
  init(_ error: EditError) {
    let code =
      switch error {
      case .invalidRequest, .imaging: "invalid_request"
      case .model: "model_unusable"
      case .notFinite: "not_finite"
      case .belowMinimum: "below_min_score"
      }
    self = .permanent(JobError(code: code, detail: error.description))
  }
}

extension EditStep {
  init(_ event: EditEvent) {
    self =
      switch event {
      case .stage(let stage, let seconds): .stage(name: stage.rawValue, seconds: seconds)
      case .resumed(let answers): .resumed(answers: answers)
      case .step(let step, let total, let candidate): .step(step, of: total, candidate: candidate)
      case .scored(let candidate, let scores, let combined):
        .scored(candidate: candidate, CandidateScores(scores, combined: combined))
      case .file(let bytes, let mediaType): .file(bytes: bytes, mediaType: mediaType)
      case .preview(let preview):
        .preview(
          Preview(
            candidate: preview.candidate, step: preview.step, steps: preview.of,
            bytes: preview.bytes, mediaType: preview.mediaType, width: preview.width,
            height: preview.height))
      }
  }
}

extension EditOutput {
  init(_ result: EditResult) {
    self.init(
      candidates: result.candidates.map(Candidate.init), maskRule: result.maskRule,
      maskShare: result.maskShare, promptTruncated: result.isPromptTruncated,
      warnings: result.warnings,
      timings: Dictionary(uniqueKeysWithValues: result.timings.map { ($0.rawValue, $1) }))
  }
}

extension EditOutput.Candidate {
  init(_ candidate: EditCandidate) {
    let preserved = candidate.preserved
    self.init(
      index: candidate.index, seed: candidate.seed, bytes: candidate.bytes,
      mediaType: candidate.mediaType, width: candidate.width, height: candidate.height,
      preserved: PreservedPixels(
        maxAbsDiff: preserved.maxAbsDiff, changedPixels: preserved.differingCount,
        comparedPixels: preserved.pixelCount),
      seam: SeamShift(before: candidate.seam.before, after: candidate.seam.after),
      receipt: JSONValue(candidate.receipt),
      scores: CandidateScores(candidate),
      coherenceMap: candidate.heatMap.map {
        EditOutput.CoherenceMap(
          bytes: $0.bytes, width: $0.width, height: $0.height, region: PictureRegion($0.region))
      })
  }
}
