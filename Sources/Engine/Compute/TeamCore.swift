import CKernels
import Glibc
import Synchronization

/// What the threads of a team share.
///
/// One loop is open at a time: the caller publishes it, everyone
/// takes indices, its own share first, until they run out, and the caller closes it. A worker first enters (`active`) and
/// then looks whether a loop is open; the caller first closes and then waits until nobody is
/// inside. So a worker that is still asleep is never waited for.
final class TeamCore: @unchecked Sendable {
  // Unchecked: `task` and `count` are written only while the loop is closed and nobody is inside.
  private typealias Task = (Int, Int) -> Void

  private var task: UnsafePointer<Task>?
  private var count = 0
  private let generation = Atomic<Int>(0)
  private let isOpen = Atomic<Bool>(false)
  private let isStopping = Atomic<Bool>(false)
  /// The next index of each thread's share, `stride` apart.
  private let next: UnsafeMutablePointer<Atomic<Int>>
  private let threads: Int
  private let active = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// How often a waiting worker looks before it sleeps: 20 to 45 microseconds, by the CPU.
  ///
  /// On a shared machine longer waits take processor time from those that are waited for.
  private static let spins = 1_000

  /// Counters from one share's to the next: two cache lines, which some CPUs fetch together.
  private static let stride = 128 / MemoryLayout<Atomic<Int>>.stride

  init(threads: Int) {
    self.threads = threads
    next = .allocate(capacity: threads * Self.stride)
    for slot in 0..<threads * Self.stride { (next + slot).initialize(to: Atomic(0)) }
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(wake)
    mutex.deallocate()
    next.deinitialize(count: threads * Self.stride)
    next.deallocate()
    wake.deallocate()
  }

  // MARK: The caller

  func run(_ count: Int, _ body: (Int, Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { pointer in
        open(count, pointer)
        takeTasks(pointer.pointee, count, thread: 0)
        close()
      }
    }
  }

  private func open(_ count: Int, _ pointer: UnsafePointer<Task>) {
    task = pointer
    self.count = count
    for share in 0..<threads {
      next[share * Self.stride].store(share * count / threads, ordering: .sequentiallyConsistent)
    }
    isOpen.store(true, ordering: .sequentiallyConsistent)
    generation.add(1, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wakeAll() }
  }

  private func close() {
    isOpen.store(false, ordering: .sequentiallyConsistent)
    var looks = 0
    while active.load(ordering: .sequentiallyConsistent) > 0 {
      looks += 1
      if looks < Self.spins { ck_pause() } else { sched_yield() }
    }
    task = nil
  }

  private func wakeAll() {
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
  }

  func stop() {
    isStopping.store(true, ordering: .sequentiallyConsistent)
    generation.add(1, ordering: .sequentiallyConsistent)
    wakeAll()
  }

  // MARK: The workers

  func startWorker(_ index: Int, niceness: Int32) -> pthread_t? {
    var thread = pthread_t()
    let start = Unmanaged.passRetained(WorkerStart(core: self, index: index, niceness: niceness))
    let status = pthread_create(&thread, nil, teamWorkerMain, start.toOpaque())
    guard status == 0 else {
      start.release()
      return nil
    }
    return thread
  }

  fileprivate func work(thread: Int) {
    var seen = 0
    while true {
      seen = waitForChange(since: seen)
      if isStopping.load(ordering: .sequentiallyConsistent) { return }
      active.add(1, ordering: .sequentiallyConsistent)
      if isOpen.load(ordering: .sequentiallyConsistent), let task {
        takeTasks(task.pointee, count, thread: thread)
      }
      active.subtract(1, ordering: .sequentiallyConsistent)
    }
  }

  /// Runs the tasks of the thread's own share, then what is left of the others'.
  ///
  /// A share is a run of neighbours, so that a thread may find in its own cache what it wrote in the
  /// loop before.
  private func takeTasks(_ task: (Int, Int) -> Void, _ count: Int, thread: Int) {
    for offset in 0..<threads {
      let share = (thread + offset) % threads
      let end = (share + 1) * count / threads
      while true {
        let index = next[share * Self.stride].add(1, ordering: .sequentiallyConsistent).oldValue
        guard index < end else { break }
        task(index, thread)
      }
    }
  }

  private func waitForChange(since seen: Int) -> Int {
    for _ in 0..<Self.spins {
      let now = generation.load(ordering: .sequentiallyConsistent)
      if now != seen { return now }
      ck_pause()
    }
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    sleepers.add(1, ordering: .sequentiallyConsistent)
    defer { sleepers.subtract(1, ordering: .sequentiallyConsistent) }
    while true {
      let now = generation.load(ordering: .sequentiallyConsistent)
      if now != seen { return now }
      pthread_cond_wait(wake, mutex)
    }
  }
}

private final class WorkerStart {
  let core: TeamCore
  let index: Int
  let niceness: Int32

  init(core: TeamCore, index: Int, niceness: Int32) {
    self.core = core
    self.index = index
    self.niceness = niceness
  }
}

private func teamWorkerMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  let start = Unmanaged<WorkerStart>.fromOpaque(argument).takeRetainedValue()
  ck_set_in_team(1)
  if start.niceness > 0 { _ = ck_set_thread_niceness(start.niceness) }
  start.core.work(thread: start.index)
  return nil
}
