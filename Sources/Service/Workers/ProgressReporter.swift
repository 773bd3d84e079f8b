import Jobs
import Locks

/// Turns an edit's events into progress in the store, in the background, and stops the edit when it
/// shall stop.
struct ProgressReporter: ~Copyable {
  private let store: any JobStore
  private let execution: Execution
  private let candidates: Int
  private let interval: Duration
  private let metrics: WorkerMetrics
  private var latest: ContinuousClock.Instant?
  private var scored: [ScoredCandidate] = []
  private var steps = 0
  private let lane = BackgroundLane()
  /// Those that are kept; touched on the lane alone.
  private let previews = Lock<[PreviewRecord]>([])

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
      report("denoise", step: step, candidate: candidate, maySkip: step < steps)
    case .scored(let candidate, let scores):
      metrics.scored(scores)
      scored.append(ScoredCandidate(index: candidate, scores: scores))
      report("score", step: steps, candidate: candidate)
    case .file: break
    case .preview(let preview):
      keep(preview)
      report("denoise", step: preview.step, candidate: preview.candidate)
    }
  }

  /// Blocks until the store has heard of everything.
  borrowing func drain() { lane.drain() }

  /// The picture is on disk before the progress that names it; without room there is no preview.
  private func keep(_ preview: EditStep.Preview) {
    lane.post { [store, metrics, execution, previews] in
      do throws(JobStoreError) {
        let image = try await store.put(preview.bytes, mediaType: preview.mediaType)
        let record = PreviewRecord(
          candidate: preview.candidate, step: preview.step, steps: preview.steps, image: image,
          width: preview.width, height: preview.height)
        previews.withLock { $0.append(record) }
      } catch {
        metrics.storeFailed(error, doing: "keep a preview", execution.job)
      }
    }
  }

  /// Where too few candidates are good enough, more are drawn than were asked for.
  ///
  /// Progress that cannot be written is no reason to fail: the heartbeat guards the lease.
  private func report(_ stage: String, step: Int, candidate: Int, maySkip: Bool = false) {
    let (steps, candidates, scored) = (steps, max(candidates, candidate + 1), scored)
    lane.post(maySkip: maySkip) { [store, metrics, execution, previews] in
      let kept = previews.withLock { $0 }
      let progress = JobProgress(
        stage: stage, step: step, steps: steps, candidate: candidate, candidates: candidates,
        scored: scored.isEmpty ? nil : scored, previews: kept.isEmpty ? nil : kept)
      do throws(JobStoreError) {
        execution.note(try await store.report(progress, under: execution.lease))
      } catch {
        metrics.storeFailed(error, doing: "report progress", execution.job)
      }
    }
  }

  private mutating func isDue(isLast: Bool) -> Bool {
    let now = ContinuousClock.now
    if !isLast, let latest, now - latest < interval { return false }
    latest = now
    return true
  }
}
