import Access
import HTTP
import Jobs

/// An accepted edit whose client waits for its end, in a form of another service's.
///
/// The edit is given up when nobody waits for it any more, unless the client may come again.
struct WaitedEdit: Sendable {
  let api: EditAPI
  let id: JobID
  let caller: Caller
  /// Whether an Idempotency-Key or a name of the client's lets the client ask for the same job again.
  let mayComeAgain: Bool
  let deadline: ContinuousClock.Instant

  init(_ api: EditAPI, _ id: JobID, _ request: Request, hasName: Bool = false) {
    self.api = api
    self.id = id
    caller = request.caller
    mayComeAgain = hasName || !request.fields[values: .idempotencyKey].isEmpty
    deadline = .now + api.configuration.longestEdit
  }

  /// The job at its end.
  func end() async throws -> Job {
    while true {
      let job = try await api.awaitEnd(of: id, for: deadline - .now, caller)
      if job.state.isFinal { return job }
      try await check()
    }
  }

  /// Throws, and cancels the job, when its client has gone, the service stops or time is over.
  func check() async throws {
    if Task.isCancelled {
      await giveUp()
      throw HTTPError.disconnected
    }
    if api.health.isDraining {
      await giveUp()
      throw APIError.draining
    }
    guard ContinuousClock.now < deadline else {
      await giveUp()
      throw APIError.tookTooLong
    }
  }

  func giveUp() async {
    guard !mayComeAgain else { return }
    let (store, id) = (api.store, id)
    // The task may be cancelled already, and the store must hear of it all the same.
    _ = try? await Task.detached { try await store.cancel(id) }.value
  }
}

extension Job {
  /// Whether it failed by what it was asked, so that the same request would fail again.
  var failedByRequest: Bool {
    state == .failed && ["invalid_request", "below_min_score"].contains(error?.code)
  }
}
