import CKernels
import Glibc
import Locks

/// Threads that share the tasks of a parallel loop.
///
/// Tasks are fixed by the caller, by shapes alone; the threads only decide who runs which, so
/// results are the same bits on any number of threads.
/// A loop started inside a task runs inline; loops started from several threads take turns.
package final class ThreadTeam: Sendable {
  /// A team of all cores.
  package static let shared = ThreadTeam(threads: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  /// The team that layers use; a worker binds its own.
  @TaskLocal package static var current: ThreadTeam = .shared

  package let threads: Int
  private let core: TeamCore
  private let workers: [pthread_t]
  private let turn = Lock(())

  /// - Parameters:
  ///   - threads: how many threads compute, the calling one included.
  ///   - niceness: added to the priority of the team's own threads (0 ... 19; more yields more).
  package init(threads: Int, niceness: Int = 0) {
    self.threads = max(1, threads)
    let core = TeamCore(threads: self.threads)
    self.core = core
    workers = (1..<max(1, threads)).compactMap { index in
      core.startWorker(index, niceness: Int32(clamping: niceness))
    }
  }

  deinit {
    core.stop()
    for worker in workers { pthread_join(worker, nil) }
  }

  /// Runs `body` for every index below `count`, each exactly once, and returns when all are done.
  package func forEach(_ count: Int, _ body: (Int) -> Void) {
    forEach(count) { index, _ in body(index) }
  }

  /// The same, telling the body also which of the team's `threads` runs it, for scratch memory.
  package func forEach(_ count: Int, _ body: (_ index: Int, _ thread: Int) -> Void) {
    guard count > 1, !workers.isEmpty, ck_in_team() == 0 else {
      for index in 0..<max(0, count) { body(index, 0) }
      return
    }
    turn.withLock { _ in
      ck_set_in_team(1)
      defer { ck_set_in_team(0) }
      core.run(count, body)
    }
  }
}
