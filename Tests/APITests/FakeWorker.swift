import Imaging
import JobStoreSQLite
import Jobs

/// Carries out jobs by returning the picture as it came, a step at a time.
struct FakeWorker: Sendable {
  let store: any JobStore
  var stepTime = Duration.milliseconds(1)
  /// Whether aesthetic and coherence are on; alignment is off.
  var isJudging = false

  func run() async {
    try? await store.register("fake", description: .object(["model": "fake"]))
    while !Task.isCancelled {
      try? await store.touch("fake")
      guard let claimed = try? await store.claim(worker: "fake", lease: .seconds(30)) else {
        try? await Task.sleep(for: .milliseconds(5))
        continue
      }
      _ = try? await store.finish(claimed.lease, outcome(of: claimed))
    }
  }

  /// Every step, and the result.
  func outcome(of claimed: ClaimedJob) async throws -> Outcome {
    let parameters = claimed.job.parameters
    if parameters.prompt == "fail" {
      return .failed(JobError(code: "broken_prompt", detail: "choose another"), isTransient: false)
    }
    var previews: [PreviewRecord] = []
    for step in 1...8 {
      try await Task.sleep(for: stepTime)
      if step % 3 == 0, previews.count < parameters.previews {
        previews.append(
          PreviewRecord(
            candidate: 0, step: step, steps: 8, image: claimed.job.image, width: 24, height: 16))
      }
      let progress = JobProgress(
        stage: "denoise", step: step, steps: 8, candidate: 0, candidates: parameters.count,
        previews: previews.isEmpty ? nil : previews)
      if try await store.report(progress, under: claimed.lease) == .cancelRequested {
        return .stopped
      }
    }
    return .succeeded(try await result(of: claimed.job))
  }

  private func result(of job: Job) async throws -> JobResult {
    let bytes = try await store.read(job.image.hash)
    let info = try ImageDecoder.probe(bytes)
    let preserved = PreservedPixels(
      maxAbsDiff: 0, changedPixels: 0, comparedPixels: info.width * info.height)
    var candidates = (0..<job.parameters.count).map { index in
      CandidateRecord(
        index: index, seed: job.seed &+ UInt32(index), image: job.image, width: info.width,
        height: info.height, preserved: preserved, receipt: .object(["model": "fake"]),
        scores: isJudging ? Self.scores(of: index) : nil,
        coherenceMap: isJudging
          ? CoherenceMapRecord(
            image: job.mask ?? job.image, width: 24, height: 16,
            region: PictureRegion(x: 1, y: 2, width: 48, height: 32)) : nil)
    }
    candidates.sort { ($0.scores?.combined ?? 0) > ($1.scores?.combined ?? 0) }
    candidates = Array(candidates.prefix(job.parameters.returned ?? job.parameters.count))
    return JobResult(
      candidates: candidates, maskRule: job.mask == nil ? nil : "luma", maskShare: 0.25,
      promptTruncated: job.parameters.prompt == "long",
      warnings: job.parameters.prompt == "long" ? ["The prompt was cut."] : [],
      timings: ["denoise": 0.01])
  }

  /// Candidate 2 of four is the best, then 1, 3 and 0.
  static func scores(of index: Int) -> CandidateScores {
    let share = [0.25, 0.5, 0.75, 0.375][index % 4]
    return CandidateScores(
      aesthetic: .init(raw: share * 4 - 2, calibrated: share), alignment: nil,
      coherence: .init(raw: 0, calibrated: share), combined: share)
  }
}
