import CPlatform
import Glibc
import HTTP
import Sockets

/// A blocking client that sends raw bytes; its calls run on threads of their own.
final class TestClient: Sendable {
  private let descriptor: Int32
  private static let threads = WorkQueue(label: "client", width: 16)

  init(_ address: SocketAddress) throws {
    let text = platform_address(high: address.high, low: address.low, port: address.port)
    descriptor = platform_connect(text)
    guard descriptor >= 0 else { throw TestFailure("connect: \(descriptor)") }
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
  }

  deinit { close(descriptor) }

  func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

  func send(_ text: String) async throws { try await send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) async throws {
    try await Self.threads.run { [descriptor] in
      var sent = 0
      while sent < bytes.count {
        let count = bytes.withUnsafeBytes {
          Glibc.send(descriptor, $0.baseAddress.map { $0 + sent }, $0.count - sent, 0x4000)
        }
        guard count > 0 else { throw TestFailure("send: \(errno)") }
        sent += count
      }
    }
  }

  /// Sends pieces one after the other; the socket does not wait for more of them.
  func send(pieces: [[UInt8]]) async throws {
    try await Self.threads.run { [descriptor] in
      var isOn: Int32 = 1
      setsockopt(
        descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
      for piece in pieces {
        guard Glibc.send(descriptor, piece, piece.count, 0x4000) == piece.count else {
          throw TestFailure("send: \(errno)")
        }
      }
    }
  }

  /// Everything until `isEnough` says so or the server closes.
  func receive(until isEnough: @escaping @Sendable ([UInt8]) -> Bool) async throws -> String {
    String(decoding: try await receiveBytes(until: isEnough), as: UTF8.self)
  }

  /// The same, as bytes, behind those that came `before`.
  func receiveBytes(
    after before: [UInt8] = [], until isEnough: @escaping @Sendable ([UInt8]) -> Bool
  ) async throws -> [UInt8] {
    try await Self.threads.run { [descriptor] in
      var all = before
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while !isEnough(all) {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0, errno == ECONNRESET { break }
        guard count >= 0 else { throw TestFailure("receive: \(errno), so far \(all.count)") }
        if count == 0 { break }
        all += buffer[..<count]
      }
      return all
    }
  }

  func receive(until ending: String) async throws -> String {
    try await receive { $0.suffix(ending.utf8.count).elementsEqual(ending.utf8) }
  }

  func receiveAll() async throws -> String { try await receive { _ in false } }
}

struct TestFailure: Error {
  let text: String

  init(_ text: String) {
    self.text = text
  }
}
