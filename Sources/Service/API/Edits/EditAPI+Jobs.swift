import Access
import HTTP
import HTTPTypes
import Jobs

extension EditAPI {
  /// `GET /v1/edits/{id}`: how a job stands; `?wait=N` waits for its end, or, with If-None-Match,
  /// for any change.
  func show(_ request: Request) async throws -> Response {
    let query = try Query(request, allowed: ["wait"])
    let wait = Duration.seconds(try query.integer("wait", in: 0...86_400) ?? 0)
    let id = try jobID(of: request)
    let known = request.fields[values: .ifNoneMatch]
    if let answer = try await remembered(id, request.caller, isWaiting: wait > .zero) {
      return answer.response(unlessIn: known)
    }
    let job =
      known.isEmpty
      ? try await awaitEnd(of: id, for: wait, request.caller)
      : try await awaitChange(of: id, from: known, for: wait, request.caller)
    let document = try await self.document(of: job)
    var response = Response.json(document)
    response.fields[.eTag] = "\(document.tag)"
    response.fields[.cacheControl] = "no-cache"
    if !job.state.isFinal { response.fields[.retryAfter] = "1" }
    let answer = DocumentCache.Answer(response: response, tag: document.tag)
    // The place in the queue changes without an event.
    if job.state != .queued { shown.keep(answer, about: id, at: job.sequence) }
    return answer.response(unlessIn: known)
  }

  /// The answer that was given before, where the job still stands as it did then.
  private func remembered(
    _ id: JobID, _ caller: Caller, isWaiting: Bool
  ) async throws -> DocumentCache.Answer? {
    guard case .found(let standing) = try await store.standing(of: id),
      caller.sees(standing.owner), !isWaiting || standing.state.isFinal
    else { return nil }
    return shown.answer(about: id, at: standing.sequence)
  }

  /// `DELETE /v1/edits/{id}`: a queued job ends at once (200), a running one at its next step
  /// (202), an ended one stays as it is (200).
  func cancel(_ request: Request) async throws -> Response {
    _ = try Query(request, allowed: [])
    // Asked for first: a caller must not cancel what it does not see.
    let id = try await job(try jobID(of: request), request.caller).id
    switch try await store.cancel(id) {
    case .canceled(let job), .alreadyFinal(let job):
      return Response.json(try await document(of: job))
    case .requested(let job):
      return Response.json(try await document(of: job), status: .accepted)
    case .gone: throw APIError.jobGone
    case .unknown: throw APIError.unknownJob
    }
  }

  /// `GET /v1/edits`: newest first, a page at a time.
  func list(_ request: Request) async throws -> Response {
    let query = try Query(request, allowed: ["state", "limit", "cursor"])
    let limit = try query.integer("limit", in: 1...configuration.pageLimit) ?? 20
    let page = try await store.jobs(
      JobQuery(
        owner: request.caller.listedOwner, states: try query.states("state"), limit: limit,
        cursor: try query.cursor("cursor")))
    var documents: [JobDocument] = []
    for job in page.jobs { documents.append(try await document(of: job)) }
    return Response.json(
      JobListDocument(edits: documents, next: page.next, query: query.items, link: link))
  }

  // MARK: Shared

  func jobID(of request: Request) throws(APIError) -> JobID {
    guard let id = request.parameters["id"].flatMap({ JobID($0) }) else { throw .unknownJob }
    return id
  }

  /// A job that the caller sees; others' jobs are unknown to it.
  func job(_ id: JobID, _ caller: Caller) async throws -> Job {
    try Self.found(try await store.job(id), caller)
  }

  static func found(_ lookup: JobLookup, _ caller: Caller) throws(APIError) -> Job {
    switch lookup {
    case .found(let job) where caller.sees(job.owner): return job
    case .gone(let owner) where caller.sees(owner): throw .jobGone
    case .found, .gone, .unknown: throw .unknownJob
    }
  }

  /// The job at its end, or as it stands when the time is over or the client is gone.
  ///
  /// - Parameter nearing: as of `JobStore.waitForEnd`.
  func awaitEnd(
    of id: JobID, for wait: Duration, _ caller: Caller,
    nearing: @escaping @Sendable (Job) -> Void = { _ in }
  ) async throws -> Job {
    try await hold(id, for: wait, caller) { job, slice in
      job.state.isFinal
        ? nil : try await store.waitForEnd(of: id, timeout: slice, nearing: nearing)
    }
  }

  private func awaitChange(
    of id: JobID, from known: [String], for wait: Duration, _ caller: Caller
  ) async throws -> Job {
    let first = try await job(id, caller)
    let isKnownNow = isKnown(try await document(of: first).tag, ifNoneMatch: known)
    guard isKnownNow else { return first }
    return try await hold(id, for: wait, caller) { job, slice in
      job.sequence != first.sequence || job.state.isFinal
        ? nil : try await store.waitForChange(of: id, after: job.sequence, timeout: slice)
    }
  }

  /// - Parameter further: waits for what comes next, or says with `nil` that the job is as wanted.
  private func hold(
    _ id: JobID, for wait: Duration, _ caller: Caller,
    _ further: (Job, Duration) async throws -> JobLookup?
  ) async throws -> Job {
    let end = ContinuousClock.now + min(wait, configuration.maximumWait)
    var job = try await job(id, caller)
    while !Task.isCancelled, !health.isDraining {
      let rest = end - ContinuousClock.now
      // In slices: the store hears neither of a client that went away nor of other processes.
      guard rest > .zero, let lookup = try await further(job, min(rest, .seconds(1))) else { break }
      job = try Self.found(lookup, caller)
    }
    return job
  }

  /// The job as clients see it; asks for its place in the queue while it waits.
  func document(of job: Job) async throws -> JobDocument {
    let position = job.state == .queued ? try await store.queuePosition(of: job.id) : nil
    return JobDocument(job, queuePosition: position, link: link)
  }

  func link(_ path: String) -> String { (configuration.publicURL ?? "") + path }
}
