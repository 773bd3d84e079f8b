import HTTP
import HTTPTypes
import RequestReading
import Testing

@Suite struct `Request parser` {
  private func parse(_ text: String, limits: HTTPLimits = HTTPLimits()) -> ParsedRequests {
    ParsedRequests(Array(text.utf8), step: Int.max / 2, limits: limits)
  }

  @Test func `a plain request is read`() throws {
    let parsed = parse("GET /a/b?c=d HTTP/1.1\r\nHost: example.org:80\r\nX-A:  b \t\r\n\r\n")
    let head = try #require(parsed.heads.first)
    #expect(head.method == .get)
    #expect(head.target == RequestTarget(path: "/a/b", query: "c=d"))
    #expect(head.fields[values: HTTPField.Name("X-A") ?? .accept] == ["b"])
    #expect(head.framing == .none && head.keepsAlive && head.version == .http11)
    #expect(parsed.endCount == 1 && parsed.error == nil)
  }

  @Test func `pipelined requests come in order with their bodies`() {
    let parsed = parse(
      "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
        + "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n"
        + "POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "2;x=\"y\"\r\nde\r\n01\r\nf\r\n0\r\nX-Sum: 9\r\n\r\n")
    #expect(parsed.heads.map(\.target.path) == ["/1", "/2", "/3"])
    #expect(parsed.bodies == ["abc", "def"])
    #expect(parsed.endCount == 3 && parsed.error == nil)
    #expect(parsed.items.last == .end([HTTPField.Name("X-Sum") ?? .accept: "9"]))
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 413),
    ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 67108865\r\n\r\n", 413),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 501),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n", 400),
    ("GET / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
    ("GET / HTTP/1.1\nHost: a\n\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nX(: a\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\n: a\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: a\u{0}b\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: a\u{7f}b\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: user@a\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a:port\r\n\r\n", 400),
    ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    ("GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505),
    ("GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400),
    ("GET / http/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
    ("GET /\r\nHost: a\r\n\r\n", 400),
    ("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    (" GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("G(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET nonsense HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET http://u@a/x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET /%2 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET /\u{e4} HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n", 417),
    ("\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
  ])
  func `what is not a request is refused`(request: String, status: Int) {
    let bytes = Array(request.utf8)
    for step in [bytes.count, 1] {
      let parsed = ParsedRequests(bytes, step: step)
      #expect(parsed.error?.status.code == status, "\(request.debugDescription)")
      #expect(parsed.items.isEmpty)
    }
  }

  @Test(arguments: [
    "x\r\n", "\r\n", " 1\r\n", "1 \r\na\r\n", "-1\r\n", "fffffffffffffffff\r\n",
    "11111111111111111\r\n", "1\na\r\n", "1\r\nab\r\n", "1\r\na\nx", "1;\u{1}\r\na\r\n", "1,x\r\n",
    "0\r\n folded\r\n\r\n", "0\r\nbad name: x\r\n\r\n", "0\r\nX: a\n\r\n",
  ])
  func `a malformed chunk is refused`(chunk: String) {
    let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    let bytes = Array((head + chunk).utf8)
    for step in [bytes.count, 1] {
      let parsed = ParsedRequests(bytes, step: step)
      #expect(parsed.error?.status == .badRequest)
      #expect(parsed.heads.count == 1 && parsed.endCount == 0)
    }
  }

  @Test func `limits are kept to the byte`() {
    var limits = HTTPLimits()
    (limits.requestLine, limits.header, limits.headerCount) = (20, 30, 2)
    func status(_ text: String) -> Int? { parse(text, limits: limits).error?.status.code }
    #expect(status("GET /567890 HTTP/1.1\r\nHost: a\r\n\r\n") == nil)
    #expect(status("GET /5678901 HTTP/1.1\r\nHost: a\r\n\r\n") == 414)
    #expect(status("GET /56789012345678901234567890") == 414)
    #expect(status("GET / HTTP/1.1\r\nHost: a\r\nA: 456789012345678\r\n\r\n") == nil)
    #expect(status("GET / HTTP/1.1\r\nHost: a\r\nA: \(String(repeating: "x", count: 40))") == 431)
    #expect(status("GET / HTTP/1.1\r\nHost: a\r\nA: b\r\nC: d\r\n\r\n") == 431)
  }

  @Test func `a chunked body over the limit is refused before it is read`() {
    var limits = HTTPLimits()
    limits.body = 10
    let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    #expect(parse(head + "a\r\n0123456789\r\n0\r\n\r\n", limits: limits).error == nil)
    let parsed = parse(head + "9\r\n012345678\r\n2\r\n", limits: limits)
    #expect(parsed.error == .bodyTooLarge(limit: 10))
  }

  @Test func `chunk extensions are limited as a whole`() {
    var limits = HTTPLimits()
    limits.chunkExtensions = 100
    let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    let chunk = "1;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\nx\r\n"
    #expect(parse(head + chunk + chunk, limits: limits).error == nil)
    #expect(parse(head + chunk + chunk + chunk, limits: limits).error?.status == .badRequest)
  }

  @Test(arguments: [
    ("GET http://b:8080/x?y HTTP/1.1\r\nHost: a\r\n\r\n", "/x"),
    ("GET HTTPS://b HTTP/1.1\r\nHost: a\r\n\r\n", "/"),
    ("GET http://[::1]:80/z HTTP/1.1\r\nHost: a\r\n\r\n", "/z"),
    ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "*"),
    ("\r\nGET /a HTTP/1.1\r\nHost:\r\n\r\n", "/a"),
    ("GET /b HTTP/1.0\r\n\r\n", "/b"),
    ("GET /c HTTP/1.7\r\nHost: a\r\n\r\n", "/c"),
  ])
  func `every legal form of a target is read`(request: String, path: String) {
    let parsed = parse(request)
    #expect(parsed.heads.map(\.target.path) == [path])
    #expect(parsed.error == nil)
  }

  @Test(arguments: [
    ("HTTP/1.1", "", true), ("HTTP/1.1", "Connection: close\r\n", false),
    ("HTTP/1.1", "Connection: x, Close\r\n", false), ("HTTP/1.0", "", false),
    ("HTTP/1.0", "Connection: Keep-Alive\r\n", true),
  ])
  func `persistence follows version and Connection`(
    version: String, field: String, keepsAlive: Bool
  ) {
    let parsed = parse("GET / \(version)\r\nHost: a\r\n\(field)\r\n")
    #expect(parsed.heads.first?.keepsAlive == keepsAlive)
  }
}
