import Jobs
import Locks

/// Does one thing after the other in the background, in the order in which they were posted, for a
/// thread that computes and should not wait.
final class BackgroundLane: Sendable {
  private struct Item {
    let maySkip: Bool
    let work: @Sendable () async -> Void
  }

  private struct State {
    var waiting: [Item] = []
    var isRunning = false
  }

  private let state = Lock(State())
  private let limit: Int

  /// - Parameter limit: from so many things that wait on, the latest one that may be skipped gives way
  ///   to a new one.
  init(limit: Int = 16) {
    self.limit = limit
  }

  func post(maySkip: Bool = false, _ work: @escaping @Sendable () async -> Void) {
    append(Item(maySkip: maySkip, work: work), limit: limit)
  }

  private func append(_ item: Item, limit: Int) {
    let begins = state.withLock { state in
      if state.waiting.count >= limit, let index = state.waiting.lastIndex(where: \.maySkip) {
        state.waiting.remove(at: index)
      }
      state.waiting.append(item)
      defer { state.isRunning = true }
      return !state.isRunning
    }
    guard begins else { return }
    Task.detached { [self] in
      while let next = take() { await next.work() }
    }
  }

  private func take() -> Item? {
    state.withLock { state in
      guard !state.waiting.isEmpty else {
        state.isRunning = false
        return nil
      }
      return state.waiting.removeFirst()
    }
  }

  /// Blocks the calling thread, one of its own, until all that was posted is done.
  func drain() {
    guard state.withLock({ $0.isRunning }) else { return }
    waiting { [self] in
      await withCheckedContinuation { continuation in
        // Nothing gives way to the end.
        append(Item(maySkip: false) { continuation.resume() }, limit: .max)
      }
    }
  }
}
