import HTTP
import RequestReading

/// The chunked body of one request, held against a second, plain reader.
final class ChunkedTarget: FuzzTarget {
  static let name = "chunked"
  static let sources = [
    "Service/HTTP/Parsing/ChunkSize.swift", "Service/HTTP/Parsing/RequestParser.swift",
  ]

  private static let head = Array(
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)

  init() {}

  /// Small, so that an input reaches them.
  private static let limits: HTTPLimits = {
    var limits = HTTPLimits()
    (limits.chunkLine, limits.chunkExtensions, limits.body) = (48, 96, 2048)
    (limits.header, limits.headerCount) = (256, 4)
    return limits
  }()

  func read(_ input: [UInt8]) -> FuzzVerdict {
    let bytes = Self.head + input
    let whole = ParsedRequests(bytes, step: bytes.count, limits: Self.limits)
    if let fault = ParsedRequests.difference(bytes, limits: Self.limits, whole: whole) {
      return .wrong(fault)
    }
    let isEnded = whole.items.contains { if case .end = $0 { true } else { false } }
    guard isEnded else { return whole.verdict }
    guard let expected = Self.plain(input) else { return .wrong("a body that is none") }
    let body = whole.items.dropFirst().first
    guard body == (expected.isEmpty ? body : .body(expected)) else { return .wrong("another body") }
    if case .body? = body, expected.isEmpty { return .wrong("a body out of nothing") }
    return whole.verdict
  }

  /// The body by the grammar of RFC 9112 section 7.1, sizes and data alone; nil where it does not
  /// end.
  private static func plain(_ input: [UInt8]) -> [UInt8]? {
    var (body, rest): ([UInt8], ArraySlice<UInt8>) = ([], input[...])
    while let end = rest.firstRange(of: [13, 10]) {
      let digits = rest[..<end.lowerBound].prefix { Character(Unicode.Scalar($0)).isHexDigit }
      guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16) else { return nil }
      rest = rest[end.upperBound...]
      if size == 0 { return body }
      guard rest.count >= size + 2, rest.dropFirst(size).starts(with: [13, 10]) else { return nil }
      body += rest.prefix(size)
      rest = rest.dropFirst(size + 2)
    }
    return nil
  }
}
