import HTTP
import Jobs

extension JobDocument {
  init(_ job: Job, queuePosition: Int?, link: (String) -> String) {
    let path = "/v1/edits/\(job.id)"
    var parameters = job.parameters.json
    parameters["seed"] = .integer(Int64(job.seed))
    parameters["metadata"] = nil
    self.init(
      id: job.id, state: job.state, task: job.parameters.task.rawValue, createdAt: job.createdAt,
      startedAt: job.startedAt, finishedAt: job.finishedAt, queuePosition: queuePosition,
      attempt: job.attempt, cancelRequested: job.cancelRequested,
      progress: job.state == .running
        ? job.progress.map { Progress($0) { link("\(path)/previews/\($0)") } }
        : nil, seed: job.seed,
      parameters: parameters,
      mask: job.result.map { Mask(rule: $0.maskRule, share: $0.maskShare) },
      prompt: job.result.map { Prompt(truncated: $0.promptTruncated) },
      candidates: job.result?.candidates.enumerated().map { place, record in
        Candidate(record, place: place, url: link("\(path)/images/\(record.index)"))
      } ?? [],
      timings: Timings(job), warnings: job.result?.warnings ?? [],
      error: job.error.map(Failure.init), metadata: job.parameters.metadata,
      webhook: job.webhook?.json, links: ["self": link(path)], sequence: job.sequence)
  }
}

extension JobDocument.Progress {
  /// - Parameter previewLink: of preview k.
  init(_ progress: JobProgress, previewLink: (Int) -> String) {
    self.init(
      stage: progress.stage, step: progress.step, steps: progress.steps,
      candidate: progress.candidate, candidates: progress.candidates, fraction: progress.fraction,
      scored: progress.scored,
      previews: progress.previews?.enumerated().map { place, record in
        JobDocument.Preview(record, url: previewLink(place))
      })
  }
}

extension JobDocument.Preview {
  init(_ record: PreviewRecord, url: String) {
    self.init(
      candidate: record.candidate, step: record.step, steps: record.steps, url: url,
      mediaType: record.image.mediaType, width: record.width, height: record.height,
      bytes: record.image.byteCount)
  }
}

extension JobDocument.Candidate {
  fileprivate init(_ record: CandidateRecord, place: Int, url: String) {
    self.init(
      index: record.index, rank: record.scores?.combined.map { _ in place + 1 }, url: url,
      seed: record.seed, mediaType: record.image.mediaType,
      width: record.width, height: record.height, bytes: record.image.byteCount,
      sha256: record.image.hash.text, preserved: record.preserved, seam: record.seam,
      scores: Nullable(record.scores),
      coherenceMap: record.coherenceMap.map {
        JobDocument.CoherenceMap(
          url: url + "/coherence", width: $0.width, height: $0.height, region: $0.region)
      },
      receipt: record.receipt)
  }
}

extension JobDocument.Timings {
  fileprivate init(_ job: Job) {
    self.init(
      wait: job.startedAt?.seconds(since: job.createdAt),
      run: job.startedAt.flatMap { start in job.finishedAt?.seconds(since: start) },
      stages: job.result?.timings)
  }
}

extension JobDocument.Failure {
  fileprivate init(_ error: JobError) {
    let words = error.code.split(separator: "_").joined(separator: " ")
    self.init(
      type: "urn:byteedit:problem:\(error.code.split(separator: "_").joined(separator: "-"))",
      title: words.prefix(1).uppercased() + words.dropFirst(), code: error.code,
      detail: error.detail)
  }
}
