package import Dispatch
import Locks
import Synchronization

/// Something on a loop that looks at the clock now and then, to enforce its deadlines.
package protocol Ticking: AnyObject, Sendable {
  /// Called on the loop about four times a second while registered.
  func tick(now: ContinuousClock.Instant)
}

/// One serial queue that carries many connections, their actors and their tasks.
///
/// There are as many loops as cores. Were each connection's queue on its own, libdispatch's
/// overcommitting pool would start up to 255 threads.
package final class EventLoop: SerialExecutor, TaskExecutor {
  package static let tickInterval = Duration.milliseconds(250)

  package let queue: DispatchQueue
  /// Touched on `queue` only.
  let poller: Poller
  /// Bytes are received here and handed on at once; touched on `queue` only.
  nonisolated(unsafe) let scratch: UnsafeMutableRawBufferPointer
  /// Sources are safe to use from any thread; Dispatch does not say so to the compiler.
  nonisolated(unsafe) private let timer: any DispatchSourceTimer
  private let ticking = Lock<[ObjectIdentifier: any Ticking]>([:])

  package init(label: String) {
    queue = DispatchQueue(label: label, qos: .userInitiated)
    poller = Poller(queue: queue)
    scratch = .allocate(byteCount: 64 * 1024, alignment: 16)
    timer = DispatchSource.makeTimerSource(queue: queue)
    queue.setSpecific(key: Self.current, value: ObjectIdentifier(self))
    timer.setEventHandler { @Sendable [weak self] in self?.tickAll() }
    timer.schedule(deadline: .now() + .milliseconds(250), repeating: .milliseconds(250))
    timer.activate()
  }

  deinit {
    timer.cancel()
    scratch.deallocate()
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { [self] in
      job.runSynchronously(
        isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
    }
  }

  package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    UnownedSerialExecutor(ordinary: self)
  }

  package func asUnownedTaskExecutor() -> UnownedTaskExecutor {
    UnownedTaskExecutor(ordinary: self)
  }

  /// Lets `assumeIsolated` hold for callbacks of sources on the queue.
  package func checkIsolated() {
    dispatchPrecondition(condition: .onQueue(queue))
  }

  /// Lets `Task.immediate` run at once where a callback of the queue begins it, instead of queueing
  /// it behind everything else (SE-0471).
  package func isIsolatingCurrentContext() -> Bool? {
    DispatchQueue.getSpecific(key: Self.current) == ObjectIdentifier(self)
  }

  private static let current = DispatchSpecificKey<ObjectIdentifier>()

  /// Registers for ticks and keeps the object alive until it is removed.
  package func add(_ object: any Ticking) {
    ticking.withLock { $0[ObjectIdentifier(object)] = object }
  }

  package func remove(_ object: any Ticking) {
    _ = ticking.withLock { $0.removeValue(forKey: ObjectIdentifier(object)) }
  }

  private func tickAll() {
    let now = ContinuousClock.now
    for object in ticking.withLock({ Array($0.values) }) { object.tick(now: now) }
  }
}

/// The loops of a process, dealt out in turn.
package final class EventLoopGroup: Sendable {
  package let loops: [EventLoop]
  private let turn = Atomic<Int>(0)

  /// `count` is at least 1.
  package init(count: Int) {
    loops = (0..<max(count, 1)).map { EventLoop(label: "loop.\($0)") }
  }

  package func next() -> EventLoop {
    let index = turn.wrappingAdd(1, ordering: .relaxed).oldValue
    return loops[Int(UInt(bitPattern: index) % UInt(loops.count))]
  }
}
