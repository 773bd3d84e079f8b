import CPlatform
import Glibc
import HTTP
import Sockets
import Synchronization
import TLS

/// A client over TLS that waits on threads of its own; one call at a time.
final class SecureTestClient: @unchecked Sendable {
  // Unchecked: the stream is touched by one thread at a time.
  private var stream: SecureStream
  private let descriptor: Int32
  static let threads = WorkQueue(label: "secure-client", width: 16)

  init(_ address: SocketAddress, _ context: TLSClientContext) async throws {
    let target = platform_address(high: address.high, low: address.low, port: address.port)
    descriptor = platform_connect(target)
    guard descriptor >= 0 else { throw TestFailure("connect: \(descriptor)") }
    stream = SecureStream(descriptor: descriptor, context: context, host: address.host)
    try await Self.threads.run { try self.stream.handshake(until: Self.deadline) }
  }

  private static var deadline: ContinuousClock.Instant { .now + .seconds(20) }

  /// The certificate that the server showed.
  var server: TLSPeer.Certificate? { stream.peer?.certificate }

  func send(_ text: String) async throws {
    try await Self.threads.run { try self.stream.write(Array(text.utf8), until: Self.deadline) }
  }

  /// Says that nothing more is written.
  func finish() async throws {
    try await Self.threads.run { try self.stream.finish(until: Self.deadline) }
  }

  /// Ends the connection's own side without a word.
  func endTransport() { shutdown(descriptor, Int32(SHUT_WR)) }

  func receiveBytes() async throws -> [UInt8] {
    try await Self.threads.run {
      var all: [UInt8] = []
      while let bytes = try self.stream.read(until: Self.deadline) { all += bytes }
      return all
    }
  }

  func receiveAll() async throws -> String {
    String(decoding: try await receiveBytes(), as: UTF8.self)
  }
}
