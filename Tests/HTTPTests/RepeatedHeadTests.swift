import HTTP
import HTTPTypes
import Testing

/// A head that comes again is the head that reading it anew gives.
@Suite struct `A repeated head` {
  private func events(_ text: String, step: Int) throws -> [RequestParser.Event] {
    var parser = RequestParser(limits: HTTPLimits())
    var events: [RequestParser.Event] = []
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: step) {
      bytes[start..<min(start + step, bytes.count)].withUnsafeBytes { parser.append($0) }
      while let event = try parser.next() { events.append(event) }
    }
    return events
  }

  /// The same requests, each on a connection of its own.
  private func fresh(_ requests: [String]) throws -> [RequestParser.Event] {
    try requests.flatMap { try events($0, step: $0.utf8.count) }
  }

  @Test func `is itself, whole and in pieces, pipelined and not`() throws {
    let get = "GET /livez HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n\r\n"
    let other = "GET /livez HTTP/1.1\r\nHost: a\r\nX-A: 2\r\n\r\n"
    let longer = "GET /livez HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-B: 1\r\n\r\n"
    let post = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
    let chunked =
      "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nz\r\n0\r\n\r\n"
    let head = "HEAD /livez HTTP/1.1\r\nHost: a\r\n\r\n"
    let blank = "\r\n" + get
    for requests in [
      [get, get, get, get], [get, other, get, other, other],
      [get, get, longer, get, longer, longer],
      [post, post, post], [get, get, post, get, get, post, post], [head, head, get, head, head],
      [get, blank, blank, get], [chunked, chunked, get, chunked, get, get],
    ] {
      let expected = try fresh(requests)
      let text = requests.joined()
      for step in [text.utf8.count, get.utf8.count, 1, 7, 40] {
        let found = try events(text, step: step)
        #expect(heads(found) == heads(expected), "in pieces of \(step)")
        #expect(bodies(found) == bodies(expected), "in pieces of \(step)")
      }
    }
  }

  @Test func `does not hide what is wrong after it`() throws {
    let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    for bad in ["GET / HTTP/1.1\r\n\r\n", "GET / HTTP/9.1\r\nHost: a\r\n\r\n", "\n"] {
      #expect(throws: HTTPError.self) { try events(get + get + get + bad, step: 1000) }
    }
  }

  private func heads(_ events: [RequestParser.Event]) -> [RequestHead] {
    events.compactMap { if case .head(let head) = $0 { head } else { nil } }
  }

  private func bodies(_ events: [RequestParser.Event]) -> [UInt8] {
    events.flatMap { if case .body(let bytes) = $0 { bytes } else { [UInt8]() } }
  }
}
