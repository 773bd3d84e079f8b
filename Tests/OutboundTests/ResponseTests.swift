import Outbound
import Testing

private func head(_ text: String) throws -> ResponseHead { try ResponseHead(Array(text.utf8)) }

@Suite struct `An answer's head` {
  @Test(arguments: [
    ("HTTP/1.1 200 OK", 200), ("HTTP/1.1 204 ", 204), ("HTTP/1.1 204", 204),
    ("HTTP/1.0 301 Moved Permanently", 301), ("HTTP/1.1 599 \u{e9}", 599),
    ("HTTP/1.1 200 OK\r\nA: b", 200), ("HTTP/1.1 200 OK\r\nEmpty:", 200),
    ("HTTP/1.1 200 OK\r\nContent-Length: 0", 200),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", 200),
  ])
  func `tells the status`(_ text: String, _ status: Int) throws {
    #expect(try head(text).status == status)
  }

  @Test func `has fields by their names in lower case`() throws {
    let head = try head(
      "HTTP/1.1 503 No\r\nRetry-After: \t 120 \r\nX: 1\r\nx: 2\r\ncontent-length: 7")
    #expect(head["retry-after"] == "120" && head["x"] == nil && head["y"] == nil)
    #expect(head.contentLength == 7)
  }

  @Test(arguments: [
    "", "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1  200 OK",
    "HTTP/2 200 OK", "HTTP/1.2 200 OK", "http/1.1 200 OK", "HTTP/1.1\t200 OK", " HTTP/1.1 200 OK",
    "HTTP/1.1 099 OK", "HTTP/1.1 600 OK", "HTTP/1.1 2x0 OK", "HTTP/1.1 200OK",
    "HTTP/1.1 200 O\u{0}K", "HTTP/1.1 200 O\nK", "HTTP/1.1 200 O\rK", "ICY 200 OK",
    "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\n folded", "HTTP/1.1 200 OK\r\nA: b\r\n\tc",
    "HTTP/1.1 200 OK\r\nA : b", "HTTP/1.1 200 OK\r\n: b", "HTTP/1.1 200 OK\r\nA b",
    "HTTP/1.1 200 OK\r\nA: b\nC: d", "HTTP/1.1 200 OK\r\nA: b\rC: d",
    "HTTP/1.1 200 OK\r\nA\u{e9}: b",
    "HTTP/1.1 200 OK\r\nA: \u{7f}", "HTTP/1.1 200 OK\r\nContent-Length: -1",
    "HTTP/1.1 200 OK\r\nContent-Length: 1, 1", "HTTP/1.1 200 OK\r\nContent-Length: ",
    "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked",
  ])
  func `that is no HTTP/1.1 is refused`(_ text: String) {
    #expect(throws: OutboundError.self) { try head(text) }
  }

  @Test func `may have a hundred fields`() throws {
    let fields = String(repeating: "\r\na: b", count: 100)
    #expect(try head("HTTP/1.1 200 OK" + fields).fields.count == 100)
    #expect(throws: OutboundError.self) { try head("HTTP/1.1 200 OK" + fields + "\r\nc: d") }
  }
}

@Suite struct `Reading an answer` {
  private static let answer = Array(
    "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\nrest".utf8)

  @Test(arguments: 1...70)
  func `comes to the same in pieces of any size`(_ size: Int) throws {
    var reader = ResponseReader()
    var found: ResponseHead?
    var read = 0
    while found == nil, read < Self.answer.count {
      let piece = Self.answer[read...].prefix(size)
      found = try reader.feed(piece)
      read += piece.count
    }
    #expect(found?.status == 200 && found?["a"] == "b")
    #expect(reader.surplus == read - (Self.answer.count - 4))
  }

  @Test func `ends at a head that never ends`() throws {
    var reader = ResponseReader()
    #expect(throws: OutboundError.self) {
      _ = try reader.feed(Array("HTTP/1.1 200 OK\r\n".utf8))
      for _ in 0...ResponseReader.longestHead { _ = try reader.feed([0x61]) }
    }
  }

  @Test func `ends at interim answers without end, and at another protocol`() {
    #expect(throws: OutboundError.self) {
      var reader = ResponseReader()
      for _ in 0..<9 { _ = try reader.feed(Array("HTTP/1.1 100 \r\n\r\n".utf8)) }
    }
    #expect(throws: OutboundError.self) {
      var reader = ResponseReader()
      _ = try reader.feed(Array("HTTP/1.1 101 Switching\r\n\r\n".utf8))
    }
  }

  @Test func `of mutated answers ends with a head or an error`() {
    var generator = SystemRandomNumberGenerator()
    let special: [UInt8] = [0, 0x0a, 0x0d, 0x20, 0x3a, 0x31, 0xff]
    for _ in 0..<20_000 {
      var bytes = Self.answer
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[place] = special.randomElement(using: &generator) ?? 0
        case 1: bytes.remove(at: place)
        default: bytes.insert(contentsOf: bytes[place...].prefix(5), at: place)
        }
      }
      var reader = ResponseReader()
      guard let head = try? reader.feed(bytes) else { continue }
      #expect((200...599).contains(head.status))
      #expect(head.fields.allSatisfy { !$0.value.utf8.contains(0x0a) && !$0.name.isEmpty })
    }
  }
}
