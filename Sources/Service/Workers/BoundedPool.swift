import Dispatch
import Jobs
import Locks

/// A few threads of their own, at lower priority, behind a queue of limited length: for work that
/// a caller waits for, such as scoring a picture.
package final class BoundedPool: Sendable {
  /// Why work was not begun.
  package enum Refusal: Error, Sendable, Hashable {
    /// As much waits as may; another try makes sense after so many seconds.
    case full(retryAfter: Int)
    case closed
  }

  private struct State {
    var waiting: [Item] = []
    var running = 0
    var isClosed = false
    /// Seconds of a piece of work, over the recent ones.
    var meanSeconds = 1.0
  }

  /// Work that was accepted; ends exactly once.
  private struct Item: Sendable {
    let abandoned: Lock<Bool>
    let run: @Sendable () -> Void
    let refuse: @Sendable (any Error) -> Void
  }

  private let limit: Int
  private let threads: Int
  private let state = Lock(State())
  private let arrivals = DispatchSemaphore(value: 0)

  /// - Parameters:
  ///   - threads: pieces of work at the same time.
  ///   - limit: pieces that may wait; more are refused.
  ///   - niceness: as for workers.
  package init(
    _ name: String, threads: Int, limit: Int, niceness: Int32 = 10, stackSize: Int = 8 << 20
  ) throws(WorkerError) {
    self.limit = max(0, limit)
    self.threads = max(1, threads)
    for number in 0..<self.threads {
      _ = try OwnThread.start(
        "\(name)-\(number)", niceness: niceness, stackSize: stackSize
      ) { [self] in
        while work() {}
      }
    }
  }

  /// Does `work` on one of the threads and suspends meanwhile.
  ///
  /// Work whose caller was cancelled before it began is left undone.
  /// - Throws: `Refusal`, `CancellationError`, and what the work throws.
  package func run<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    let abandoned = Lock(false)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let item = Item(abandoned: abandoned) {
          continuation.resume(with: Result { try work() })
        } refuse: {
          continuation.resume(throwing: $0)
        }
        if let refusal = accept(item) {
          item.refuse(refusal)
        } else {
          arrivals.signal()
        }
      }
    } onCancel: {
      abandoned.withLock { $0 = true }
    }
  }

  /// Pieces of work that wait for a thread.
  var waiting: Int { state.withLock { $0.waiting.count } }

  private func accept(_ item: Item) -> Refusal? {
    state.withLock { state in
      guard !state.isClosed else { return .closed }
      // A thread that is free takes what waits at once.
      let free = max(0, threads - state.running)
      guard state.waiting.count < limit + free else {
        let seconds = state.meanSeconds * Double(state.waiting.count + 1) / Double(threads)
        return .full(retryAfter: Int(min(120, max(1, seconds.rounded(.up)))))
      }
      state.waiting.append(item)
      return nil
    }
  }

  /// Waits for a piece of work and does it; `false` when there will be none any more.
  private func work() -> Bool {
    arrivals.wait()
    let item = state.withLock { state -> Item? in
      guard !state.waiting.isEmpty else { return nil }
      state.running += 1
      return state.waiting.removeFirst()
    }
    guard let item else { return !state.withLock { $0.isClosed } }
    let start = ContinuousClock.now
    let isAbandoned = item.abandoned.withLock { $0 }
    if isAbandoned { item.refuse(CancellationError()) } else { item.run() }
    let seconds = (ContinuousClock.now - start).inSeconds
    state.withLock { state in
      state.running -= 1
      if !isAbandoned { state.meanSeconds += (seconds - state.meanSeconds) / 8 }
    }
    return true
  }

  /// Refuses what waits, lets what runs finish, and ends the threads.
  package func close() {
    let waiting = state.withLock { state in
      defer { state.waiting = [] }
      state.isClosed = true
      return state.waiting
    }
    for item in waiting { item.refuse(Refusal.closed) }
    for _ in 0..<threads { arrivals.signal() }
  }
}
