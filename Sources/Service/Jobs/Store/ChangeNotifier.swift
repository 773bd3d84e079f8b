import Dispatch
import Locks

/// Tells waiters in this process that a job changed or that work may be there.
///
/// It only wakes: who is woken reads the store, and who must not miss anything polls as well.
package final class ChangeNotifier: Sendable {
  private struct Waiters {
    var byJob: [JobID: [ObjectIdentifier: Ticket]] = [:]
    var forEnd: [JobID: [ObjectIdentifier: Ticket]] = [:]
    var idle: [ObjectIdentifier: IdleWorker] = [:]
    var forDeliveries: [ObjectIdentifier: Ticket] = [:]
  }

  private let waiters = Lock(Waiters())

  package init() {}

  /// Take the ticket first, then read the store, then wait: a change in between is not missed.
  package func ticket(for job: JobID) -> Ticket {
    let ticket = Ticket()
    waiters.withLock { $0.byJob[job, default: [:]][ObjectIdentifier(ticket)] = ticket }
    return ticket
  }

  /// A ticket that only the job's end wakes; it brings the job along where this process ended it.
  ///
  /// - Parameter nearing: called with an end that is still to be committed.
  package func ticketForEnd(
    of job: JobID, nearing: @escaping @Sendable (Job) -> Void = { _ in }
  ) -> Ticket {
    let ticket = Ticket(nearing: nearing)
    waiters.withLock { $0.forEnd[job, default: [:]][ObjectIdentifier(ticket)] = ticket }
    return ticket
  }

  /// A worker's place among those that wait for work.
  package func idleWorker(_ id: String, lease: Duration) -> IdleWorker {
    let worker = IdleWorker(id, lease: lease, arrival: Ticket())
    waiters.withLock { $0.idle[ObjectIdentifier(worker)] = worker }
    return worker
  }

  /// A waiting worker that a job may be handed to, and something must be.
  package func reserveIdleWorker() -> IdleWorker? {
    waiters.withLock { waiters in
      let free = waiters.idle.first { $0.value.reserve() }
      return free.flatMap { waiters.idle.removeValue(forKey: $0.key) }
    }
  }

  /// Gives a ticket back, used or not.
  package func discard(_ ticket: Ticket, of job: JobID) {
    waiters.withLock { waiters in
      waiters.byJob[job]?[ObjectIdentifier(ticket)] = nil
      if waiters.byJob[job]?.isEmpty == true { waiters.byJob[job] = nil }
    }
  }

  package func discardForEnd(_ ticket: Ticket, of job: JobID) {
    waiters.withLock { waiters in
      waiters.forEnd[job]?[ObjectIdentifier(ticket)] = nil
      if waiters.forEnd[job]?.isEmpty == true { waiters.forEnd[job] = nil }
    }
  }

  package func discard(_ worker: IdleWorker) {
    waiters.withLock { $0.idle[ObjectIdentifier(worker)] = nil }
  }

  package func jobChanged(_ job: JobID) {
    let woken = waiters.withLock { $0.byJob.removeValue(forKey: job) }
    woken?.values.forEach { $0.wake() }
  }

  /// Tells those who wait for the job's end what it will be if the store succeeds.
  package func endNears(_ job: Job) {
    let waiting = waiters.withLock { $0.forEnd[job.id] }
    waiting?.values.forEach { $0.nearing(job) }
  }

  /// The same for who waits for its end, too.
  package func jobChanged(_ job: Job) {
    if job.state.isFinal {
      let woken = waiters.withLock { $0.forEnd.removeValue(forKey: job.id) }
      woken?.values.forEach { $0.wake(with: job) }
    }
    jobChanged(job.id)
  }

  package func workArrived() {
    let woken = waiters.withLock { waiters in
      defer { waiters.idle = [:] }
      return waiters.idle
    }
    woken.values.forEach { $0.arrival.wake() }
  }

  package func ticketForDeliveries() -> Ticket {
    let ticket = Ticket()
    waiters.withLock { $0.forDeliveries[ObjectIdentifier(ticket)] = ticket }
    return ticket
  }

  package func discardForDeliveries(_ ticket: Ticket) {
    waiters.withLock { $0.forDeliveries[ObjectIdentifier(ticket)] = nil }
  }

  package func deliveryArrived() {
    let woken = waiters.withLock { waiters in
      defer { waiters.forDeliveries = [:] }
      return waiters.forDeliveries
    }
    woken.values.forEach { $0.wake() }
  }

  /// Wakes everybody who waits now: the store closes, or something may have been missed.
  package func wakeAll() {
    let woken = waiters.withLock { waiters in
      defer { waiters = Waiters() }
      return waiters.byJob.values.flatMap(\.values) + waiters.forEnd.values.flatMap(\.values)
        + waiters.idle.values.map(\.arrival) + waiters.forDeliveries.values
    }
    woken.forEach { $0.wake() }
  }

  /// The number of tickets out, for tests of leaks.
  package var waiting: Int {
    waiters.withLock {
      $0.idle.count + $0.forDeliveries.count + $0.byJob.values.reduce(0) { $0 + $1.count }
        + $0.forEnd.values.reduce(0) { $0 + $1.count }
    }
  }
}

extension ChangeNotifier {
  /// One waiter's place; woken once, by a change, the end of its time or its task's cancellation.
  package final class Ticket: Sendable {
    private enum State {
      case idle
      case waiting(CheckedContinuation<Void, Never>)
      case woken
    }

    private let state = Lock(State.idle)
    private let ended = Lock<Job?>(nil)
    fileprivate let nearing: @Sendable (Job) -> Void

    init(nearing: @escaping @Sendable (Job) -> Void = { _ in }) {
      self.nearing = nearing
    }

    /// The job whose end was waited for; nothing where something else woke.
    package var job: Job? { ended.withLock { $0 } }

    fileprivate func wake(with job: Job) {
      ended.withLock { $0 = job }
      wake()
    }

    package func wake() {
      let continuation = state.withLock { state in
        defer { state = .woken }
        guard case .waiting(let continuation) = state else {
          return CheckedContinuation<Void, Never>?.none
        }
        return continuation
      }
      continuation?.resume()
    }

    package func wait(timeout: Duration) async {
      let milliseconds = Int(clamping: max(0, timeout.wholeMilliseconds))
      let timer = DispatchWorkItem { [weak self] in self?.wake() }
      DispatchQueue.global().asyncAfter(
        deadline: .now() + .milliseconds(milliseconds), execute: timer)
      await withTaskCancellationHandler {
        await withCheckedContinuation { park($0) }
      } onCancel: {
        wake()
      }
      timer.cancel()
    }

    private func park(_ continuation: CheckedContinuation<Void, Never>) {
      let isWoken = state.withLock { state in
        if case .woken = state { return true }
        state = .waiting(continuation)
        return false
      }
      if isWoken { continuation.resume() }
    }
  }
}
