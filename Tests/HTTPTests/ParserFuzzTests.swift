import HTTP
import RequestReading
import Testing

@Suite struct `Parser under mutation` {
  private static let seeds = [
    "GET /a?b=c HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\n\r\n",
    "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST /y HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      + "5;a=b\r\nhello\r\n0\r\nT: u\r\n\r\nGET / HTTP/1.0\r\n\r\n",
  ]

  @Test(arguments: 0..<UInt64(8))
  func `byte by byte gives what all at once gives`(seed: UInt64) {
    var generator = SeededGenerator(state: seed)
    var limits = HTTPLimits()
    (limits.requestLine, limits.header, limits.chunkLine) = (64, 96, 16)
    for _ in 0..<400 {
      let base = Self.seeds.randomElement(using: &generator) ?? ""
      let bytes = generator.mutated(Array(base.utf8))
      let whole = ParsedRequests(bytes, step: bytes.count + 1, limits: limits)
      for step in [1, 2, 7] {
        let pieces = ParsedRequests(bytes, step: step, limits: limits)
        #expect(whole == pieces, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
      }
    }
  }
}
