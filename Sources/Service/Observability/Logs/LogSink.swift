import Glibc
import Locks

/// Where finished log lines go.
package protocol LogSink: Sendable {
  /// Writes one line; the newline is the sink's.
  func write(_ line: String)
}

/// Standard error, or any other descriptor: a line is one write, so lines of threads do not mix.
package final class DescriptorSink: LogSink {
  private let descriptor: Lock<Int32>

  /// - Parameter descriptor: stays the caller's to close.
  package init(descriptor: Int32 = STDERR_FILENO) {
    self.descriptor = Lock(descriptor)
  }

  package func write(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    descriptor.withLock { descriptor in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        // A log that cannot be written is given up: nothing can be said about it anywhere.
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
      }
    }
  }
}

/// Keeps the lines, for tests.
package final class MemorySink: LogSink {
  private let stored = Lock<[String]>([])

  package init() {}

  package func write(_ line: String) { stored.withLock { $0.append(line) } }
  package var lines: [String] { stored.withLock { $0 } }
}
