import Imaging
import JobStoreSQLite
import Jobs

/// Carries out jobs by returning the picture as it came, a step at a time.
struct FakeWorker: Sendable {
  let store: any JobStore
  var stepTime = Duration.milliseconds(1)

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

  private func outcome(of claimed: ClaimedJob) async throws -> Outcome {
    let parameters = claimed.job.parameters
    if parameters.prompt == "fail" {
      return .failed(JobError(code: "broken_prompt", detail: "choose another"), isTransient: false)
    }
    for step in 1...8 {
      try await Task.sleep(for: stepTime)
      let progress = JobProgress(
        stage: "denoise", step: step, steps: 8, candidate: 0, candidates: parameters.count)
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
    let candidates = (0..<job.parameters.count).map { index in
      CandidateRecord(
        index: index, seed: job.seed &+ UInt32(index), image: job.image, width: info.width,
        height: info.height, preserved: preserved, receipt: .object(["model": "fake"]))
    }
    return JobResult(
      candidates: candidates, maskRule: job.mask == nil ? nil : "luma", maskShare: 0.25,
      promptTruncated: job.parameters.prompt == "long",
      warnings: job.parameters.prompt == "long" ? ["The prompt was cut."] : [],
      timings: ["denoise": 0.01])
  }
}
