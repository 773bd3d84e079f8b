import Foundation

/// A connection on which a test does what no client should, byte by byte.
final class RawSocket: Sendable {
  /// How the other side ended.
  enum End: Equatable {
    case closed
    case reset
  }

  let descriptor: Int32

  /// - Parameter receiveBuffer: bytes that the kernel takes before anybody reads; its own choice if 0.
  init(port: UInt16, receiveBuffer: Int32 = 0) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var size = receiveBuffer
    if size > 0 {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw JourneyError("connect: \(String(cString: strerror(errno)))") }
  }

  deinit { close(descriptor) }

  /// True once the connection is over, by a reset or because both sides have ended; reads nothing.
  var isOver: Bool {
    var query = pollfd(fd: descriptor, events: 0, revents: 0)
    return poll(&query, 1, 0) == 1 && query.revents & Int16(POLLERR | POLLHUP) != 0
  }

  /// False once the other side takes no more.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(
          descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  @discardableResult
  func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  /// Reads to the end, or to where `isEnough` says so; the end is nil there, and where nothing came
  /// for `patience` seconds.
  func receive(
    patience: Int = 60, until isEnough: (String) -> Bool = { _ in false }
  ) throws -> (text: String, end: End?) {
    var limit = timeval(tv_sec: patience, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      let text = String(decoding: bytes, as: UTF8.self)
      if count == 0 { return (text, .closed) }
      if count < 0, errno == ECONNRESET || errno == EPIPE { return (text, .reset) }
      if count < 0, errno == EAGAIN { return (text, nil) }
      if count < 0 { throw JourneyError("recv: \(String(cString: strerror(errno)))") }
      bytes += buffer[..<count]
      if isEnough(String(decoding: bytes, as: UTF8.self)) {
        return (String(decoding: bytes, as: UTF8.self), nil)
      }
    }
  }
}
