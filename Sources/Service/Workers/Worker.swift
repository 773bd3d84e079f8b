import Jobs

/// Works on one job after the other, on the thread that calls `run`.
struct Worker: Sendable {
  let id: String
  let store: any JobStore
  let editor: any EditPerforming
  let settings: WorkerSettings
  let metrics: WorkerMetrics
  let executions: Executions

  /// Returns when the pool drains.
  func run() {
    while !executions.isDraining {
      guard let claimed = claim() ?? idle() else { continue }
      metrics.claimed(claimed.job)
      work(claimed)
      metrics.released()
    }
  }

  private func claim() -> ClaimedJob? {
    let (store, id, lease) = (store, id, settings.lease)
    return attempt("claim") { () async throws(JobStoreError) in
      try await store.claim(worker: id, lease: lease)
    } ?? nil
  }

  /// Until work arrives, maybe with a job; jittered polling makes up for wake-ups that got lost.
  private func idle() -> ClaimedJob? {
    let (store, id, lease) = (store, id, settings.lease)
    let timeout = settings.pollInterval * Double.random(in: 0.75...1.25)
    return waiting { await store.waitForJob(worker: id, lease: lease, timeout: timeout) }
  }

  private func work(_ claimed: ClaimedJob) {
    let execution = Execution(claimed)
    guard executions.begin(execution) else {
      finish(claimed, .handedBack)
      return
    }
    defer { executions.end(execution) }
    let outcome = outcome(of: claimed.job, execution)
    switch execution.interruption {
    case .leaseLost: metrics.leaseLost(claimed.job)
    case .handedBack: break
    case .canceled: finish(claimed, .stopped)
    case nil: finish(claimed, outcome)
    }
  }

  private func finish(_ claimed: ClaimedJob, _ outcome: Outcome) {
    let (store, lease) = (store, claimed.lease)
    let answer = attempt("finish", claimed.job) { () async throws(JobStoreError) in
      try await store.finish(lease, outcome)
    }
    if answer == .lost { metrics.leaseLost(claimed.job) }
  }

  /// Computes; whatever goes wrong becomes an outcome, so that no job can stop its worker.
  private func outcome(of job: Job, _ execution: Execution) -> Outcome {
    do {
      var files = FilesAhead(store)
      let output = try edit(job, execution, &files)
      try execution.checkpoint()
      return .succeeded(try keep(output, files))
    } catch is Execution.Interruption {
      return .stopped
    } catch {
      metrics.attemptFailed(job, error)
      return Outcome(classifying: error)
    }
  }

  /// Whatever it tells the store is there when it returns, but for what `files` still puts.
  private func edit(
    _ job: Job, _ execution: Execution, _ files: inout FilesAhead
  ) throws -> EditOutput {
    var keeper = CheckpointKeeper(
      store: store, execution: execution, settings: settings, executions: executions,
      metrics: metrics)
    let input = EditInput(
      parameters: job.parameters, seed: job.seed, image: stored(job.image),
      mask: job.mask.map(stored),
      checkpoint: keeper.left(by: execution.lease))
    var reporter = ProgressReporter(
      store: store, execution: execution, candidates: job.parameters.count,
      interval: settings.progressInterval, metrics: metrics)
    defer { reporter.drain() }
    return try editor.perform(input) { event in
      if case .file(let bytes, let mediaType) = event { files.begin(bytes, mediaType: mediaType) }
      try reporter.handle(event)
    } onCheckpoint: { make in
      try keeper.offer(make)
    }
  }

  private func stored(_ picture: BlobReference) -> StoredPicture {
    StoredPicture(hash: picture.hash) { [store] in
      try waiting { () async throws(JobStoreError) in try await store.read(picture.hash) }
    }
  }

  /// The pictures are on disk before the row that names them.
  private func keep(
    _ output: EditOutput, _ files: borrowing FilesAhead
  ) throws(JobStoreError) -> JobResult {
    let maps = output.candidates.map(\.coherenceMap)
    let images = try files.put(
      output.candidates.map { ($0.bytes, $0.mediaType) }
        + maps.compactMap { $0.map { ($0.bytes, "image/png") } })
    var rest = images.dropFirst(output.candidates.count)
    let records = zip(output.candidates, zip(images, maps)).map { candidate, kept in
      CandidateRecord(
        candidate, kept.0,
        kept.1.flatMap { map in
          rest.popFirst().map { CoherenceMapRecord($0, map) }
        })
    }
    return JobResult(
      candidates: records, maskRule: output.maskRule, maskShare: output.maskShare,
      promptTruncated: output.promptTruncated, warnings: output.warnings,
      timings: output.timings)
  }

  /// What the store answers, or `nil` after a pause when it fails: the lease outlasts the pause,
  /// and what stays undone is done by the reaper.
  private func attempt<Value: Sendable>(
    _ action: String, _ job: Job? = nil,
    _ body: @escaping @Sendable () async throws(JobStoreError) -> Value
  ) -> Value? {
    for span in [Duration.milliseconds(100), .seconds(1), .seconds(3)] {
      do throws(JobStoreError) {
        return try waiting(for: body)
      } catch {
        metrics.storeFailed(error, doing: action, job)
        if error == .closed || executions.isDraining && action == "claim" { return nil }
        pause(span)
      }
    }
    return nil
  }
}

extension CoherenceMapRecord {
  fileprivate init(_ image: BlobReference, _ map: EditOutput.CoherenceMap) {
    self.init(image: image, width: map.width, height: map.height, region: map.region)
  }
}

extension CandidateRecord {
  fileprivate init(
    _ candidate: EditOutput.Candidate, _ image: BlobReference, _ map: CoherenceMapRecord?
  ) {
    self.init(
      index: candidate.index, seed: candidate.seed, image: image, width: candidate.width,
      height: candidate.height, preserved: candidate.preserved, seam: candidate.seam,
      receipt: candidate.receipt, scores: candidate.scores, coherenceMap: map)
  }
}

extension Outcome {
  /// Bad input fails for good; what the surroundings caused is tried again.
  fileprivate init(classifying error: any Error) {
    switch error {
    case EditFailure.permanent(let error):
      self = .failed(error, isTransient: false)
    case EditFailure.transient(let error):
      self = .failed(error, isTransient: true)
    case JobStoreError.blobMissing:
      let missing = JobError(
        code: "picture_missing", detail: "a picture of this job is lost; submit it again")
      self = .failed(missing, isTransient: false)
    case is JobStoreError:
      let storage = JobError(
        code: "storage_failed", detail: "the service could not store or read; submit again later")
      self = .failed(storage, isTransient: true)
    default:
      let unknown = JobError(
        code: "internal_error", detail: "the service failed; submit again or report this job's id")
      self = .failed(unknown, isTransient: true)
    }
  }
}
