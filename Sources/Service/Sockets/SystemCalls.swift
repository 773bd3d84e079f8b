package import CPlatform
import Glibc
package import SystemPackage

/// What one non-blocking read or write came to.
package enum Transfer: Sendable, Equatable {
  case bytes(Int)
  case wouldBlock
  case failed(Errno)

  /// Reads the C convention: a count, or a negative error number.
  init(_ result: Int) {
    guard result < 0 else {
      self = .bytes(result)
      return
    }
    let errno = Errno(rawValue: Int32(truncatingIfNeeded: -result))
    // An interrupted call is tried again when the source fires next.
    self = errno == .wouldBlock || errno == .interrupted ? .wouldBlock : .failed(errno)
  }
}

/// What one accept came to.
package enum Acceptance: Sendable, Equatable {
  case connection(Int32, SocketAddress)
  case wouldBlock
  case failed(Errno)
}

/// The system calls that connections and listeners make, injected so that tests can fail them.
package struct SystemCalls: Sendable {
  package var accept: @Sendable (_ listener: Int32) -> Acceptance
  package var receive: @Sendable (_ socket: Int32, UnsafeMutableRawBufferPointer) -> Transfer
  package var send: @Sendable (_ socket: Int32, UnsafeBufferPointer<iovec>) -> Transfer
  package var close: @Sendable (Int32) -> Void

  package static let live = SystemCalls(
    accept: { listener in
      var peer = platform_address()
      let result = platform_accept(listener, &peer)
      guard result < 0 else { return .connection(result, SocketAddress(peer)) }
      let errno = Errno(rawValue: -result)
      return errno == .wouldBlock ? .wouldBlock : .failed(errno)
    },
    receive: { Transfer(platform_receive($0, $1.baseAddress, $1.count)) },
    send: { Transfer(platform_send($0, $1.baseAddress, Int32(clamping: $1.count))) },
    close: { _ = Glibc.close($0) })
}

/// Raises the soft limit of open descriptors to the hard limit and returns what is in force.
@discardableResult
package func raiseDescriptorLimit() -> UInt64 { platform_raise_descriptor_limit() }
