import Access
import HTTP
import HTTPTypes
import Jobs

extension EditAPI {
  /// `GET /v1/edits/{id}/events`: everything that happened to a job and what happens from now on, as
  /// Server-Sent Events; the stream ends with the job.
  ///
  /// `Last-Event-ID` goes on after that event. A client that has seen the last one gets 204, which
  /// tells a browser not to come again.
  func events(_ request: Request) async throws -> Response {
    _ = try Query(request, allowed: [])
    let seen = try lastEventID(of: request)
    let job = try await job(try jobID(of: request), request.caller)
    guard !job.state.isFinal || job.sequence > seen else { return Response(status: .noContent) }
    return .events { [self] writer in
      try await writer.write(ServerSentEvent.retry(.seconds(1)))
      try await tell(of: job.id, after: seen, request.caller, to: writer)
    }
  }

  /// Until the job has ended, the client has gone or the service stops.
  private func tell(
    of id: JobID, after seen: Int64, _ caller: Caller, to writer: ResponseWriter
  ) async throws {
    var seen = seen
    var latest = ContinuousClock.now
    while !Task.isCancelled {
      let events = try await store.events(of: id, after: seen, limit: 100)
      for event in events {
        try await writer.write(try await message(event, of: id, caller).bytes)
        (seen, latest) = (event.sequence, .now)
        if event.kind.isFinal { return }
      }
      guard events.isEmpty else { continue }
      // In slices, since the store does not hear of a client that went away.
      guard !health.isDraining,
        case .found(let job) = try await store.waitForChange(
          of: id, after: seen, timeout: .seconds(1)),
        !job.state.isFinal || job.sequence > seen
      else { return }
      if .now - latest >= configuration.eventHeartbeat {
        try await writer.write(ServerSentEvent.heartbeat)
        latest = .now
      }
    }
  }

  private func message(
    _ event: JobEvent, of id: JobID, _ caller: Caller
  ) async throws -> ServerSentEvent {
    let job = event.kind.isFinal ? try await document(of: try await self.job(id, caller)) : nil
    let document = EventDocument(event, job: job) { link("/v1/edits/\(id)/previews/\($0)") }
    return ServerSentEvent(
      id: String(event.sequence), name: event.kind.name, data: try JSONText.encode(document))
  }

  private func lastEventID(of request: Request) throws(APIError) -> Int64 {
    let values = request.fields[values: .lastEventID]
    guard let text = values.first else { return 0 }
    guard values.count == 1, let sequence = Int64(text), sequence >= 0 else {
      throw .invalidHeader(
        name: "Last-Event-ID", detail: "must be the id of an event of this job, once")
    }
    return sequence
  }
}

/// The data of one event.
struct EventDocument: Encodable {
  var sequence: Int64
  var at: Timestamp
  var attempt: Int?
  var progress: JobDocument.Progress?
  var reason: String?
  /// The whole job, with the event that ends it.
  var job: JobDocument?

  init(_ event: JobEvent, job: JobDocument?, previewLink: (Int) -> String) {
    (sequence, at, self.job) = (event.sequence, event.moment, job)
    switch event.kind {
    case .running(let attempt): self.attempt = attempt
    case .progress(let progress):
      self.progress = JobDocument.Progress(progress, previewLink: previewLink)
    case .requeued(let reason): self.reason = reason
    case .queued, .cancelRequested, .succeeded, .failed, .canceled, .expired: break
    }
  }
}

extension JobEvent.Kind {
  /// Whether nothing comes after it.
  fileprivate var isFinal: Bool {
    switch self {
    case .succeeded, .failed, .canceled, .expired: true
    case .queued, .running, .progress, .cancelRequested, .requeued: false
    }
  }
}
