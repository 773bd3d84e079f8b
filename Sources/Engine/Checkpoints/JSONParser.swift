/// Why a text is no JSON, and where; the caller adds the file's name.
package struct JSONFault: Error, Equatable {
  package let offset: Int
  package let reason: String

  package init(offset: Int, reason: String) {
    self.offset = offset
    self.reason = reason
  }
}

/// A strict reader of RFC 8259 that refuses what common parsers let pass: a key given twice,
/// bytes that are not UTF-8, text after the value, depth and size without bound.
package struct JSONParser {
  private let bytes: UnsafeRawBufferPointer
  private let limits: JSONLimits
  private var position = 0
  private var values = 0

  private init(_ bytes: UnsafeRawBufferPointer, limits: JSONLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  /// Reads one whole document.
  package static func parse(
    _ bytes: UnsafeRawBufferPointer, limits: JSONLimits
  ) throws(JSONFault) -> JSONValue {
    guard bytes.count <= limits.bytes else {
      throw JSONFault(offset: limits.bytes, reason: "longer than \(limits.bytes) bytes")
    }
    var parser = JSONParser(bytes, limits: limits)
    parser.skipSpace()
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == bytes.count else { throw parser.fault("text after the value") }
    return value
  }

  private func fault(_ reason: String) -> JSONFault { JSONFault(offset: position, reason: reason) }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private mutating func skip(_ byte: Character) -> Bool {
    guard let ascii = byte.asciiValue, next == ascii else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ byte: Character) throws(JSONFault) {
    guard skip(byte) else { throw fault("expected '\(byte)'") }
  }

  // MARK: Values

  private mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
    values += 1
    guard values <= limits.values else { throw fault("more than \(limits.values) values") }
    guard depth <= limits.depth else { throw fault("nested deeper than \(limits.depth)") }
    switch next {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["): return .array(try array(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw fault("the text ends where a value should stand")
    default: return try number()
    }
  }

  private mutating func word(_ text: String, _ value: JSONValue) throws(JSONFault) -> JSONValue {
    let end = position + text.utf8.count
    guard end <= bytes.count, bytes[position..<end].elementsEqual(text.utf8) else {
      throw fault("expected \(text)")
    }
    position = end
    return value
  }

  private mutating func object(depth: Int) throws(JSONFault) -> JSONObject {
    var members = JSONObject()
    try expect("{")
    skipSpace()
    if skip("}") { return members }
    repeat {
      skipSpace()
      let start = position
      let key = try string()
      skipSpace()
      try expect(":")
      skipSpace()
      guard members.add(key, try value(depth: depth + 1)) else {
        throw JSONFault(offset: start, reason: "the key \"\(key)\" is given twice")
      }
      skipSpace()
    } while skip(",")
    try expect("}")
    return members
  }

  private mutating func array(depth: Int) throws(JSONFault) -> [JSONValue] {
    var elements: [JSONValue] = []
    try expect("[")
    skipSpace()
    if skip("]") { return elements }
    repeat {
      skipSpace()
      elements.append(try value(depth: depth + 1))
      skipSpace()
    } while skip(",")
    try expect("]")
    return elements
  }

  // MARK: Numbers

  private mutating func digits() throws(JSONFault) {
    let start = position
    while let byte = next, byte >= 0x30, byte <= 0x39 { position += 1 }
    guard position > start else { throw fault("expected a digit") }
  }

  private mutating func number() throws(JSONFault) -> JSONValue {
    let start = position
    _ = skip("-")
    if !skip("0") { try digits() }
    var isInteger = true
    if skip(".") {
      isInteger = false
      try digits()
    }
    if skip("e") || skip("E") {
      isInteger = false
      if !skip("+") { _ = skip("-") }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let integer = Int(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else {
      throw JSONFault(offset: start, reason: "the number is out of range")
    }
    return .number(number)
  }

  // MARK: Strings

  private mutating func string() throws(JSONFault) -> String {
    try expect("\"")
    let start = position
    var escaped: [UInt8]?
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        let text = escaped ?? Array(bytes[start..<position])
        guard let string = String(validating: text, as: UTF8.self) else {
          throw JSONFault(offset: start, reason: "the string is not UTF-8")
        }
        position += 1
        return string
      case UInt8(ascii: "\\"):
        if escaped == nil { escaped = Array(bytes[start..<position]) }
        position += 1
        let scalar = try escape()
        escaped?.append(contentsOf: Array(String(Character(scalar)).utf8))
      case 0..<0x20: throw fault("a control character inside a string")
      default:
        escaped?.append(byte)
        position += 1
      }
    }
    throw fault("a string without its end")
  }

  private mutating func escape() throws(JSONFault) -> Unicode.Scalar {
    guard let byte = next else { throw fault("an escape without its character") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{08}"
    case UInt8(ascii: "f"): return "\u{0C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw fault("an unknown escape")
    }
  }

  /// Four hexadecimal digits; a high surrogate must be followed by its low one.
  private mutating func unicodeEscape() throws(JSONFault) -> Unicode.Scalar {
    let high = try codeUnit()
    if let scalar = Unicode.Scalar(high) { return scalar }
    guard high < 0xDC00, skip("\\"), skip("u") else { throw fault("half a surrogate pair") }
    let low = try codeUnit()
    guard (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { throw fault("half a surrogate pair") }
    return scalar
  }

  private mutating func codeUnit() throws(JSONFault) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fault("expected a hexadecimal digit")
      }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }
}
