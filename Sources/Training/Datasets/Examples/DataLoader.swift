internal import Glibc

/// Draws examples ahead on threads of its own and hands them out in order.
///
/// The order and the examples are those of the data set, whatever the number of threads. Used from
/// one thread at a time.
package final class DataLoader<Data: Dataset>: Sendable {
  private let shared: LoaderState<Data>
  private let threads: [pthread_t]

  /// - Parameters:
  ///   - dataset: what is loaded.
  ///   - first: the number of the first example: where a resumed run goes on.
  ///   - threads: that draw, 1 or more.
  ///   - ahead: examples that may wait to be fetched; twice a batch is plenty.
  ///   - order: from a place in the run to an example's number; in order if not given.
  package init(
    _ dataset: Data, from first: Int = 0, threads: Int = 1, ahead: Int = 64,
    order: @escaping @Sendable (Int) -> Int = { $0 }
  ) {
    let shared = LoaderState(dataset, first: first, ahead: max(1, ahead), order: order)
    self.shared = shared
    self.threads = (0..<max(1, threads)).compactMap { _ in startThread { shared.work() } }
    if self.threads.isEmpty { shared.worksInline() }
  }

  deinit {
    shared.stop()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// The place in the run of the next example.
  package var position: Int { shared.position }

  /// The next examples; fewer, or none, only at the data's end.
  ///
  /// Throws what drawing threw.
  package func next(_ count: Int) throws(DatasetError) -> [Data.Example] {
    var batch: [Data.Example] = []
    while batch.count < count, let example = try shared.take() { batch.append(example) }
    return batch
  }
}

/// What the threads of a loader share.
private final class LoaderState<Data: Dataset>: @unchecked Sendable {
  // Unchecked: everything that changes does so under the mutex.
  private let dataset: Data
  private let order: @Sendable (Int) -> Int
  private let ahead: Int
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var done: [Int: Result<Data.Example, DatasetError>] = [:]
  private var nextToDraw: Int
  private var nextToTake: Int
  private var isStopped = false
  private var isInline = false

  init(_ dataset: Data, first: Int, ahead: Int, order: @escaping @Sendable (Int) -> Int) {
    self.dataset = dataset
    self.order = order
    self.ahead = ahead
    (nextToDraw, nextToTake) = (first, first)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(changed)
    mutex.deallocate()
    changed.deallocate()
  }

  private func locked<R>(_ body: () -> R) -> R {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }

  var position: Int { locked { nextToTake } }

  func worksInline() { locked { isInline = true } }

  func stop() {
    locked {
      isStopped = true
      pthread_cond_broadcast(changed)
    }
  }

  private func isEnd(_ place: Int) -> Bool { dataset.count.map { place >= $0 } ?? false }

  private func draw(_ place: Int) -> Result<Data.Example, DatasetError> {
    do throws(DatasetError) {
      return .success(try dataset.example(at: order(place)))
    } catch {
      return .failure(error)
    }
  }

  /// A thread's life: draw what is next until stopped or all is drawn.
  func work() {
    while let place = claim() {
      let result = draw(place)
      locked {
        done[place] = result
        pthread_cond_broadcast(changed)
      }
    }
  }

  /// The next place to draw; waits while enough is ahead; nil at the end.
  private func claim() -> Int? {
    locked {
      while !isStopped && nextToDraw >= nextToTake + ahead { pthread_cond_wait(changed, mutex) }
      guard !isStopped, !isEnd(nextToDraw) else { return nil }
      nextToDraw += 1
      return nextToDraw - 1
    }
  }

  /// The next example in order; nil at the end.
  func take() throws(DatasetError) -> Data.Example? {
    let result = locked { () -> Result<Data.Example, DatasetError>? in
      guard !isEnd(nextToTake) else { return nil }
      while !isInline && done[nextToTake] == nil { pthread_cond_wait(changed, mutex) }
      let result = done.removeValue(forKey: nextToTake) ?? draw(nextToTake)
      nextToTake += 1
      pthread_cond_broadcast(changed)
      return result
    }
    return try result?.get()
  }
}

private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// A joinable thread, or nil where the system has none left.
private func startThread(_ run: @escaping @Sendable () -> Void) -> pthread_t? {
  let body = Unmanaged.passRetained(ThreadBody(run))
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  defer { pthread_attr_destroy(&attributes) }
  pthread_attr_setstacksize(&attributes, 4 << 20)
  var thread = pthread_t()
  let code = pthread_create(
    &thread, &attributes,
    { context in
      if let context { Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run() }
      return nil
    }, body.toOpaque())
  guard code == 0 else {
    body.release()
    return nil
  }
  return thread
}
