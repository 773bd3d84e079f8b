import Glibc
import Jobs
import Locks

/// A thread outside Swift's cooperative pool, for work that computes or blocks.
final class OwnThread: Sendable {
  private let ended = Lock(false)

  var hasEnded: Bool { ended.withLock { $0 } }

  /// Starts `body` on a thread named `name` (15 characters are shown), `niceness` lower in
  /// priority; threads that it starts inherit that.
  static func start(
    _ name: String, niceness: Int32, stackSize: Int, _ body: @escaping @Sendable () -> Void
  ) throws(WorkerError) -> OwnThread {
    let thread = OwnThread()
    let start = Start(name: name, niceness: niceness) {
      body()
      thread.ended.withLock { $0 = true }
    }
    let context = Unmanaged.passRetained(start)
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackSize)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var handle = pthread_t()
    let code = pthread_create(&handle, &attributes, enter, context.toOpaque())
    guard code == 0 else {
      context.release()
      throw .threadRefused(code: code)
    }
    return thread
  }
}

private final class Start: Sendable {
  let name: String
  let niceness: Int32
  let body: @Sendable () -> Void

  init(name: String, niceness: Int32, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.niceness = niceness
    self.body = body
  }
}

private func enter(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
  nameThisThread(start.name)
  // Linux keeps a nice value per thread; 0 names the calling one.
  if start.niceness != 0 {
    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, start.niceness)
  }
  start.body()
  return nil
}

/// By /proc, since Swift does not see `pthread_setname_np`; a thread without a name works as well.
private func nameThisThread(_ name: String) {
  let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  let bytes = Array(name.utf8.prefix(15))
  _ = write(descriptor, bytes, bytes.count)
  close(descriptor)
}

/// What can keep a pool from starting.
package enum WorkerError: Error, Sendable, Hashable, CustomStringConvertible {
  case threadRefused(code: Int32)

  package var description: String {
    switch self {
    case .threadRefused(let code):
      "no thread could be started (\(String(cString: strerror(code)))); raise the limit of "
        + "processes or configure fewer workers"
    }
  }
}
