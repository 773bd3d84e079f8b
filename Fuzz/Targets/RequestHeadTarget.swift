import HTTP
import HTTPTypes
import RequestReading

/// Requests one behind the other: lines and fields, and the values that are read out of them.
final class RequestHeadTarget: FuzzTarget {
  static let name = "request"
  static let sources =
    ["ASCII", "Authority", "RequestHead", "RequestHead+Fields", "RequestLine", "RequestParser"]
    .map { "Service/HTTP/Parsing/\($0).swift" }
    + ["MediaType", "Negotiation", "PercentCoding"].map { "Service/HTTP/Content/\($0).swift" }

  init() {}

  static func parts(of input: [UInt8]) -> [[UInt8]] { Lines.parts(of: input) }
  static let mayRepeatParts = true

  /// Small, so that an input reaches them.
  private static let limits: HTTPLimits = {
    var limits = HTTPLimits()
    (limits.requestLine, limits.header, limits.headerCount) = (256, 512, 12)
    (limits.chunkLine, limits.chunkExtensions, limits.body) = (32, 64, 4096)
    return limits
  }()

  func read(_ input: [UInt8]) -> FuzzVerdict {
    let whole = ParsedRequests(input, step: max(input.count, 1), limits: Self.limits)
    if let fault = ParsedRequests.difference(input, limits: Self.limits, whole: whole) {
      return .wrong(fault)
    }
    for head in whole.heads {
      if let fault = Self.fault(of: head) ?? Self.faultOfContent(head) { return .wrong(fault) }
    }
    return whole.verdict
  }

  /// What an accepted head contradicts itself in, or says when it is written and read again.
  private static func fault(of head: RequestHead) -> String? {
    let lengths = head.fields[values: .contentLength]
    let codings = head.fields[values: .transferEncoding]
    switch head.framing {
    case .none: guard codings.isEmpty, lengths.allSatisfy({ Int($0) == 0 }) else { return "a body" }
    case .length(let length):
      guard codings.isEmpty, lengths.count == 1, Int(lengths[0]) == length,
        (1...limits.body).contains(length)
      else { return "a length of \(length) of \(lengths)" }
    case .chunked:
      guard lengths.isEmpty, !codings.isEmpty, head.version == .http11 else {
        return "chunks beside \(lengths)"
      }
    }
    guard head.fields.allSatisfy({ !$0.value.utf8.contains { [0, 10, 13].contains($0) } }) else {
      return "a line end within a field"
    }
    let again = ParsedRequests(Array(text(of: head).utf8), step: 4096, limits: generous)
    return again.heads == [head] ? nil : "another head when written and read again"
  }

  /// Replacements of bytes that are no UTF-8 make a head longer.
  private static let generous: HTTPLimits = {
    var limits = RequestHeadTarget.limits
    (limits.requestLine, limits.header) = (4096, 4096)
    return limits
  }()

  private static func text(of head: RequestHead) -> String {
    let target = head.target
    let isConnect = head.method == .connect
    let authority = target.authority.map { isConnect ? $0 : "http://\($0)" } ?? ""
    let query = target.query.map { "?\($0)" } ?? ""
    let version = head.version == .http11 ? "1.1" : "1.0"
    return "\(head.method.rawValue) \(authority)\(target.path)\(query) HTTP/\(version)\r\n"
      + head.fields.map { "\($0.name.rawName): \($0.value)\r\n" }.joined() + "\r\n"
  }

  /// What routes and handlers read out of a head.
  private static func faultOfContent(_ head: RequestHead) -> String? {
    if let path = PercentCoding.decode(head.target.path),
      PercentCoding.decode(PercentCoding.encode(path)) != path
    {
      return "a path that is another when encoded"
    }
    if let items = try? QueryItems(head.target.query),
      items.items.contains(where: { $0.0.contains("\0") })
    {
      return "NUL in a query"
    }
    if let type = head.fields[.contentType].flatMap(MediaType.init) {
      guard MediaType(type.essence)?.essence == type.essence else { return "no media type" }
    }
    let quality = AcceptedTypes(head.fields[.accept]).quality(of: "image/png")
    guard !(quality < 0), Preferences(head.fields[values: .prefer]).wait.map({ $0 >= 0 }) ?? true
    else { return "a quality of \(quality)" }
    return nil
  }
}
