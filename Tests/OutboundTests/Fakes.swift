import Locks
import Outbound
import Sockets

/// A peer that says what it is told to, and never more.
final class FakeStream: ByteStream {
  private let answer: Lock<[UInt8]>
  let written = Lock<[UInt8]>([])

  init(_ answer: String) { self.answer = Lock(Array(answer.utf8)) }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, deadline: ContinuousClock.Instant
  ) throws(OutboundError) -> Int {
    answer.withLock { answer in
      let count = min(buffer.count, answer.count)
      buffer.copyBytes(from: answer.prefix(count))
      answer.removeFirst(count)
      return count
    }
  }

  func write(_ bytes: [UInt8], deadline: ContinuousClock.Instant) throws(OutboundError) {
    written.withLock { $0 += bytes }
  }

  func finish() {}
}

/// Answers each look-up with the next list, and remembers what was connected to.
final class FakeNetwork: Sendable {
  private let answers: Lock<[[String]]>
  private let unreachable: Set<String>
  let connected = Lock<[String]>([])
  let stream = FakeStream("HTTP/1.1 204 No Content\r\n\r\n")

  init(_ answers: [[String]], unreachable: Set<String> = []) {
    self.answers = Lock(answers)
    self.unreachable = unreachable
  }

  func client(allowed: [NetworkRange] = []) -> OutboundClient {
    OutboundClient(
      policy: AddressPolicy(allowed: allowed), timeout: .seconds(30),
      resolver: NameResolver { [self] _, port throws(OutgoingError) in
        answers.withLock { $0.isEmpty ? [] : $0.removeFirst() }
          .compactMap { SocketAddress(numeric: $0, port: port) }
      },
      connect: { [self] address, _ throws(OutboundError) in
        connected.withLock { $0.append("\(address)") }
        guard !unreachable.contains(address.host) else { throw .unreachable("refused") }
        return stream
      },
      secure: { stream, _, _ throws(OutboundError) in stream })
  }
}

extension OutboundRequest {
  static func post(
    to host: String = "hooks.example", port: UInt16 = 443, isSecure: Bool = true
  ) -> OutboundRequest {
    OutboundRequest(
      isSecure: isSecure, host: host, port: port, authority: host, target: "/hook?a=b",
      fields: [("X-Test", "1")], body: Array("{}".utf8))
  }
}
