import HTTP
import HTTPTypes
import Jobs
import Observability

extension EditAPI {
  /// `POST /v1/edits`: 202 with the accepted job, or 200 with the ended one after `Prefer: wait`.
  func submit(_ request: Request) async throws -> Response {
    let type = try contentType(of: request)
    let (id, isReplay, _) = try await accept(request) { (try await body(of: request, type), ()) }
    let wait = Preferences(request.fields[values: .prefer]).wait
    let seconds = wait.map { min($0, Int(configuration.maximumWait.components.seconds)) }
    let early = EarlyAnswer()
    let job = try await awaitEnd(of: id, for: .seconds(seconds ?? 0), request.caller) {
      [link] job in
      early.write(job) { Response.json(JobDocument($0, queuePosition: nil, link: link)) }
    }
    let isDone = seconds != nil && job.state.isFinal
    var response: Response
    if let prepared = early.response(about: job) {
      response = prepared
    } else {
      response = Response.json(try await document(of: job))
    }
    response.status = isDone ? .ok : .accepted
    response.fields[isDone ? .contentLocation : .location] = link("/v1/edits/\(id)")
    if let seconds { response.fields[.preferenceApplied] = "wait=\(seconds)" }
    if isReplay { response.fields[.idempotencyReplayed] = "true" }
    if !isDone { response.fields[.retryAfter] = "1" }
    return response
  }

  /// Receives, checks and stores; while it runs its idempotency key is taken.
  ///
  /// - Parameters:
  ///   - receive: gives the body as a submission, and what else of it the caller needs.
  ///   - naming: a key that stands in the body, in place of one in the head.
  func accept<Rest>(
    _ request: Request, receive: () async throws -> (SubmittedBody, Rest),
    naming: (Rest) -> IdempotencyKey? = { _ in nil }
  ) async throws -> (id: JobID, isReplay: Bool, rest: Rest) {
    guard !health.isDraining else { throw APIError.draining }
    let key = try idempotencyKey(of: request)
    let pass = try gate.enter(request.client?.limitKey, owner: request.caller.owner, key: key)
    defer { gate.leave(pass) }
    let (body, rest) = try await receive()
    let models = try await catalogue()
    let draft = try EditDraft(
      body, models: models, webhookRefusal: configuration.webhookRefusal)
    let checked = try await CheckedEdit(
      draft, limits: configuration.images, for: store,
      keepingIn: surroundings.pictures, on: checking)
    let (id, isReplay) = try await keep(checked, key: naming(rest) ?? key, request)
    return (id, isReplay, rest)
  }

  /// Receives a form or a JSON object and sorts it into pictures and fields.
  func body(of request: Request, _ type: MediaType) async throws -> SubmittedBody {
    let isForm = type.essence == "multipart/form-data"
    let collector = isForm ? collectors.form : collectors.json
    let body = try await collector.collect(request.body)
    let read = { @Sendable [configuration] in
      try body.withBytes { bytes in
        isForm
          ? try SubmittedBody(form: bytes, contentType: type)
          : try SubmittedBody(json: bytes, maximumDepth: configuration.jsonDepth)
      }
    }
    // A small form is sorted sooner than another thread is woken.
    if isForm, body.count <= Self.smallForm { return try read() }
    return try await checking.pictures.run(read)
  }

  /// Bytes; sorting them takes about 50 microseconds.
  private static let smallForm = 256 << 10

  private func keep(
    _ edit: CheckedEdit, key: IdempotencyKey?, _ request: Request
  ) async throws -> (id: JobID, isReplay: Bool) {
    let kept = try await store.put([edit.image] + (edit.mask.map { [$0] } ?? []))
    let (image, mask) = (kept[0], kept.count > 1 ? kept[1] : nil)
    let outcome = try await store.submit(
      Submission(
        owner: request.caller.owner, parameters: edit.parameters, seed: edit.parameters.drawSeed(),
        image: image, mask: mask,
        idempotency: try key.map {
          IdempotencyClaim(key: $0, requestHash: try edit.fingerprint)
        },
        traceparent: request.trace?.traceparent, webhook: edit.webhook,
        ownerLimit: request.caller.jobsInFlight))
    switch outcome {
    case .accepted(let job): return (job.id, false)
    case .replayed(let id): return (id, true)
    case .payloadDiffers(let id): throw APIError.keyUsedOtherwise(id)
    case .queueFull(let queue): throw APIError.queueFull(retryAfter: await retryAfter(queue))
    case .ownerLimitReached(let queue):
      throw APIError.denied(
        await surroundings.access.overQuota(request, retryAfter: retryAfter(queue)))
    case .draining: throw APIError.draining
    }
  }

  private func retryAfter(_ queue: QueueStatistics) async -> Int {
    let workers = try? await store.workers(seenWithin: configuration.workerSilence)
    return queue.retryAfterSeconds(workers: workers?.count ?? 1)
  }

  func contentType(of request: Request) throws(APIError) -> MediaType {
    let text = request.fields[.contentType]
    guard let type = text.flatMap(MediaType.init),
      ["multipart/form-data", "application/json"].contains(type.essence)
    else { throw .unsupportedMediaType(text) }
    return type
  }

  private func idempotencyKey(of request: Request) throws(APIError) -> IdempotencyKey? {
    let values = request.fields[values: .idempotencyKey]
    guard let text = values.first else { return nil }
    guard values.count == 1, let key = IdempotencyKey(text) else {
      throw .invalidHeader(
        name: "Idempotency-Key", detail: "must be 1 to 255 visible ASCII characters, once")
    }
    return key
  }
}
