/// The trace a request belongs to, as the `traceparent` header carries it (W3C Trace Context,
/// section 3.2): `00-<trace id>-<parent id>-<flags>`.
package struct TraceContext: Sendable, Hashable {
  /// 16 bytes as 32 lower-case hexadecimal digits, not all zero.
  package let traceID: String
  /// 8 bytes as 16 lower-case hexadecimal digits, not all zero.
  package let spanID: String
  package let isSampled: Bool

  /// Reads a header; nil if it is not well formed, in which case a new trace begins.
  ///
  /// A version above 00 may carry more fields, which are ignored; version ff is invalid.
  package init?(traceparent: some StringProtocol) {
    let fields = traceparent.split(separator: "-", maxSplits: 4, omittingEmptySubsequences: false)
    guard fields.count >= 4, Self.isHex(fields[0], 2), Self.isHex(fields[1], 32),
      Self.isHex(fields[2], 16), Self.isHex(fields[3], 2), fields[0] != "ff",
      fields.count == 4 || fields[0] != "00", let flags = UInt8(fields[3], radix: 16),
      fields[1].contains(where: { $0 != "0" }), fields[2].contains(where: { $0 != "0" })
    else { return nil }
    self.init(
      traceID: String(fields[1]), spanID: String(fields[2]), isSampled: flags & 1 == 1)
  }

  private init(traceID: String, spanID: String, isSampled: Bool) {
    self.traceID = traceID
    self.spanID = spanID
    self.isSampled = isSampled
  }

  /// Begins a new trace.
  package static func random(using generator: inout some RandomNumberGenerator) -> TraceContext {
    TraceContext(
      traceID: hex(&generator) + hex(&generator), spanID: hex(&generator), isSampled: true)
  }

  package static func random() -> TraceContext {
    var generator = SystemRandomNumberGenerator()
    return random(using: &generator)
  }

  /// The same trace with a span of its own, to be handed on.
  package func child(using generator: inout some RandomNumberGenerator) -> TraceContext {
    TraceContext(traceID: traceID, spanID: Self.hex(&generator), isSampled: isSampled)
  }

  /// The header's value, version 00.
  package var traceparent: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

  private static func hex(_ generator: inout some RandomNumberGenerator) -> String {
    let digits = String(UInt64.random(in: 1...UInt64.max, using: &generator), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func isHex(_ field: some StringProtocol, _ length: Int) -> Bool {
    let digits = field.utf8
    return digits.count == length
      && digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}
