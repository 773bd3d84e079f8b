/// `1a; name=value` (RFC 9112 section 7.1): hexadecimal digits, then extensions nobody needs.
struct ChunkSize {
  let bytes: Int
  let extensionBytes: Int

  init(_ line: ArraySlice<UInt8>) throws(HTTPError) {
    var size = 0
    var index = line.startIndex
    while index < line.endIndex, let digit = ASCII.hexValue(line[index]) {
      let (shifted, overflow) = size.multipliedReportingOverflow(by: 16)
      guard !overflow, shifted <= Int.max - Int(digit) else {
        throw .malformed("a chunk size is out of range")
      }
      size = shifted + Int(digit)
      index += 1
    }
    let digits = index - line.startIndex
    guard digits > 0, digits <= 16 else { throw .malformed("a chunk size is no number") }
    guard ChunkExtensions.isValid(line[index...]) else {
      throw .malformed("a chunk extension is malformed")
    }
    bytes = size
    extensionBytes = line.endIndex - index
  }
}

/// `; name; name=token; name="quoted"`, blanks around the signs (RFC 9112 section 7.1.1).
private struct ChunkExtensions {
  private var rest: ArraySlice<UInt8>

  static func isValid(_ bytes: ArraySlice<UInt8>) -> Bool {
    var extensions = ChunkExtensions(rest: bytes)
    while !extensions.rest.isEmpty {
      guard extensions.skip(0x3b), extensions.skipToken() else { return false }
      if extensions.skip(0x3d), !extensions.skipToken(), !extensions.skipQuoted() { return false }
    }
    return true
  }

  /// Skips a sign and the blanks around it; nothing, when it does not come next.
  private mutating func skip(_ sign: UInt8) -> Bool {
    let start = rest.drop(while: ASCII.isBlank)
    guard start.first == sign else { return false }
    rest = start.dropFirst().drop(while: ASCII.isBlank)
    return true
  }

  private mutating func skipToken() -> Bool {
    let end = rest.drop { ASCII.token[Int($0)] }
    defer { rest = end }
    return end.startIndex > rest.startIndex
  }

  private mutating func skipQuoted() -> Bool {
    guard rest.first == 0x22 else { return false }
    rest.removeFirst()
    while let byte = rest.popFirst() {
      if byte == 0x22 { return true }
      let character = byte == 0x5c ? rest.popFirst() : byte
      guard let character, ASCII.isFieldValue(character) else { return false }
    }
    return false
  }
}
