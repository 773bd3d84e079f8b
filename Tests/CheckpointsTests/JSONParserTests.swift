import Checkpoints
import Testing

@Suite struct JSONParserTests {
  private func parse(_ text: String, _ limits: JSONLimits = .configuration) throws -> JSONValue {
    try parse(Array(text.utf8), limits)
  }

  private func parse(
    _ bytes: [UInt8], _ limits: JSONLimits = .configuration
  ) throws -> JSONValue {
    try bytes.withUnsafeBytes { try JSONParser.parse($0, limits: limits) }
  }

  @Test(
    arguments: [
      ("null", JSONValue.null), (" true ", .bool(true)), ("false", .bool(false)),
      ("0", .integer(0)),
      ("-12", .integer(-12)), ("9223372036854775807", .integer(.max)),
      ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("1e2", .number(100)),
      ("-0.5E-1", .number(-0.05)), ("[]", .array([])),
      ("[1, [2]]", .array([.integer(1), .array([.integer(2)])])),
      ("\"a\\n\\u00e9\\ud83d\\ude00/\"", .string("a\né😀/")), ("\"é\"", .string("é")),
    ])
  func `valid text is read`(text: String, value: JSONValue) throws {
    #expect(try parse(text) == value)
  }

  @Test func `members keep their order`() throws {
    guard case .object(let members) = try parse(#"{"b": 1, "a": {}, "c": [null]}"#) else {
      Issue.record("no object")
      return
    }
    #expect(members.keys == ["b", "a", "c"])
    #expect(members["b"] == .integer(1))
  }

  @Test(
    arguments: [
      "", " ", "nul", "tru", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "01",
      "+1",
      "1.", ".5", "1e", "--1", "NaN", "Infinity", "-Infinity", "1e999", "\"", "\"\\x\"",
      "\"\\u12g4\"",
      "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"a\nb\"", "[1]]", "{} {}", "[",
      "{\"a\":1",
      "'a'", "// c\n1", "\u{FEFF}1",
    ])
  func `invalid text is refused`(text: String) {
    #expect(throws: JSONFault.self) { try parse(text) }
  }

  @Test func `a key given twice is refused, however it is spelled`() {
    #expect(throws: JSONFault(offset: 8, reason: "the key \"a\" is given twice")) {
      try parse(#"{"a": 1,"a": 2}"#)
    }
    #expect(throws: JSONFault.self) { try parse(#"{"a": 1, "\u0061": 2}"#) }
    #expect(throws: JSONFault.self) { try parse(#"[{"x": {"a": 1, "b": 2, "a": 1}}]"#) }
  }

  @Test func `bytes that are no UTF-8 are refused`() {
    #expect(throws: JSONFault.self) { try parse([0x22, 0xC3, 0x22]) }
    #expect(throws: JSONFault.self) { try parse([0x22, 0xED, 0xA0, 0x80, 0x22]) }
    #expect(throws: JSONFault.self) { try parse([0xFF]) }
  }

  @Test func `depth, size and number of values are bounded`() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONFault.self) { try parse(deep) }
    #expect(throws: JSONFault.self) { try parse("[[[1]]]", JSONLimits(bytes: 100, depth: 2)) }
    #expect(throws: Never.self) { try parse("[[[1]]]", JSONLimits(bytes: 100, depth: 3)) }
    #expect(throws: JSONFault.self) { try parse("[1,2]", JSONLimits(bytes: 100, values: 2)) }
    #expect(throws: JSONFault.self) { try parse("12345", JSONLimits(bytes: 4)) }
  }
}
