import Jobs

/// Turns an edit's events into progress in the store and stops the edit when it shall stop.
struct ProgressReporter: ~Copyable {
  private let store: any JobStore
  private let execution: Execution
  private let candidates: Int
  private let interval: Duration
  private let metrics: WorkerMetrics
  private var latest: ContinuousClock.Instant?
  private var scored: [ScoredCandidate] = []
  private var previews: [PreviewRecord] = []
  private var steps = 0

  init(
    store: any JobStore, execution: Execution, candidates: Int, interval: Duration,
    metrics: WorkerMetrics
  ) {
    self.store = store
    self.execution = execution
    self.candidates = candidates
    self.interval = interval
    self.metrics = metrics
  }

  /// Throws `Execution.Interruption` when the edit shall stop here.
  mutating func handle(_ event: EditStep) throws(Execution.Interruption) {
    try execution.checkpoint()
    switch event {
    case .stage(let name, let seconds):
      metrics.stage(name, seconds: seconds)
    case .resumed(let answers):
      metrics.resumed(execution.job, answers: answers)
    case .step(let step, of: let steps, let candidate):
      self.steps = steps
      guard isDue(isLast: step == steps) else { return }
      report("denoise", step: step, candidate: candidate)
      try execution.checkpoint()
    case .scored(let candidate, let scores):
      metrics.scored(scores)
      scored.append(ScoredCandidate(index: candidate, scores: scores))
      report("score", step: steps, candidate: candidate)
      try execution.checkpoint()
    case .preview(let preview):
      guard let record = keep(preview) else { return }
      previews.append(record)
      report("denoise", step: preview.step, candidate: preview.candidate)
      try execution.checkpoint()
    }
  }

  /// The picture is on disk before the progress that names it; without room there is no preview.
  private func keep(_ preview: EditStep.Preview) -> PreviewRecord? {
    let store = store
    do throws(JobStoreError) {
      let image = try waiting { () async throws(JobStoreError) in
        try await store.put(preview.bytes, mediaType: preview.mediaType)
      }
      return PreviewRecord(
        candidate: preview.candidate, step: preview.step, steps: preview.steps, image: image,
        width: preview.width, height: preview.height)
    } catch {
      metrics.storeFailed(error, doing: "keep a preview", execution.job)
      return nil
    }
  }

  /// Where too few candidates are good enough, more are drawn than were asked for.
  private func report(_ stage: String, step: Int, candidate: Int) {
    report(
      JobProgress(
        stage: stage, step: step, steps: steps, candidate: candidate,
        candidates: max(candidates, candidate + 1), scored: scored.isEmpty ? nil : scored,
        previews: previews.isEmpty ? nil : previews))
  }

  private mutating func isDue(isLast: Bool) -> Bool {
    let now = ContinuousClock.now
    if !isLast, let latest, now - latest < interval { return false }
    latest = now
    return true
  }

  /// Progress that cannot be written is no reason to fail: the heartbeat guards the lease.
  private func report(_ progress: JobProgress) {
    let (store, lease) = (store, execution.lease)
    do throws(JobStoreError) {
      let answer = try waiting { () async throws(JobStoreError) in
        try await store.report(progress, under: lease)
      }
      execution.note(answer)
    } catch {
      metrics.storeFailed(error, doing: "report progress", execution.job)
    }
  }
}
