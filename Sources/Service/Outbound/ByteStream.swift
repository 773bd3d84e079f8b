package import Sockets

/// Bytes to and from a peer, in the clear or through TLS; calls block until the deadline at most.
package protocol ByteStream: AnyObject, Sendable {
  /// Reads what is there, at least one byte; 0 says that the peer has finished.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, deadline: ContinuousClock.Instant
  ) throws(OutboundError) -> Int
  /// Writes all of it.
  func write(_ bytes: [UInt8], deadline: ContinuousClock.Instant) throws(OutboundError)
  /// Takes leave, as far as that takes no time; the connection goes with its last reference.
  func finish()
}

extension [UInt8] {
  /// Reads into the array's bytes; answers how many.
  mutating func read(
    from stream: any ByteStream, deadline: ContinuousClock.Instant
  ) throws(OutboundError) -> Int {
    let result = withUnsafeMutableBytes { bytes in
      Result { () throws(OutboundError) in try stream.read(into: bytes, deadline: deadline) }
    }
    return try result.get()
  }
}

/// A connection in the clear.
package final class PlainStream: ByteStream {
  private let socket: OutgoingSocket

  package init(_ socket: OutgoingSocket) {
    self.socket = socket
  }

  package func read(
    into buffer: UnsafeMutableRawBufferPointer, deadline: ContinuousClock.Instant
  ) throws(OutboundError) -> Int {
    do throws(OutgoingError) {
      return try socket.read(into: buffer, deadline: deadline)
    } catch {
      throw OutboundError(error, waitingFor: "answer")
    }
  }

  package func write(
    _ bytes: [UInt8], deadline: ContinuousClock.Instant
  ) throws(OutboundError) {
    do throws(OutgoingError) {
      try socket.write(bytes, deadline: deadline)
    } catch {
      throw OutboundError(error, waitingFor: "room to write")
    }
  }

  package func finish() {}
}

extension OutboundError {
  package init(_ error: OutgoingError, waitingFor what: String) {
    switch error {
    case .timedOut: self = .timedOut(what)
    case .failed(let errno): self = .unreachable("\(errno)")
    case .unknownHost(let reason): self = .unresolved(reason)
    }
  }
}
