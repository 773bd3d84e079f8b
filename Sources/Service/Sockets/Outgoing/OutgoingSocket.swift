import CPlatform
import Glibc
import SystemPackage

/// A TCP connection that this process opened; its calls block until they are done or the deadline
/// has come, so they are for threads that may.
package final class OutgoingSocket: Sendable {
  private let descriptor: Int32

  private init(_ descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit { Glibc.close(descriptor) }

  /// Connects to exactly this address.
  package static func connect(
    to address: SocketAddress, deadline: ContinuousClock.Instant
  ) throws(OutgoingError) -> OutgoingSocket {
    let descriptor = platform_begin_connect(address.platform)
    guard descriptor >= 0 else { throw .failed(Errno(rawValue: -descriptor)) }
    let socket = OutgoingSocket(descriptor)
    try socket.wait(forWriting: true, deadline)
    let result = platform_finish_connect(descriptor)
    guard result == 0 else { throw .failed(Errno(rawValue: -result)) }
    return socket
  }

  /// Reads what is there, at least one byte; 0 says that the peer has finished.
  package func read(
    into buffer: UnsafeMutableRawBufferPointer, deadline: ContinuousClock.Instant
  ) throws(OutgoingError) -> Int {
    while true {
      switch Transfer(platform_receive(descriptor, buffer.baseAddress, buffer.count)) {
      case .bytes(let count): return count
      case .failed(let errno): throw .failed(errno)
      case .wouldBlock: try wait(forWriting: false, deadline)
      }
    }
  }

  /// Writes all of it.
  package func write(
    _ bytes: [UInt8], deadline: ContinuousClock.Instant
  ) throws(OutgoingError) {
    var offset = 0
    while offset < bytes.count {
      let rest = offset
      let result = bytes.withUnsafeBytes { all in
        var piece = iovec(
          iov_base: UnsafeMutableRawPointer(mutating: all.baseAddress?.advanced(by: rest)),
          iov_len: all.count - rest)
        return Transfer(platform_send(descriptor, &piece, 1))
      }
      switch result {
      case .bytes(let count): offset += count
      case .failed(let errno): throw .failed(errno)
      case .wouldBlock: try wait(forWriting: true, deadline)
      }
    }
  }

  private func wait(
    forWriting: Bool, _ deadline: ContinuousClock.Instant
  ) throws(OutgoingError) {
    while true {
      let rest = deadline - .now
      guard rest > .zero else { throw .timedOut }
      // Rounded up, so that the last wait does not spin.
      let (seconds, attoseconds) = rest.components
      let milliseconds = min(seconds, 86_400) * 1000 + attoseconds / 1_000_000_000_000_000 + 1
      let ready = platform_wait(descriptor, forWriting ? 1 : 0, Int32(milliseconds))
      guard ready >= 0 else { throw .failed(Errno(rawValue: -ready)) }
      if ready > 0 { return }
    }
  }
}
