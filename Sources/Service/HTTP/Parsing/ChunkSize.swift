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
    let rest = line[index...]
    guard rest.isEmpty || Self.isExtension(rest) else {
      throw .malformed("a chunk extension is malformed")
    }
    bytes = size
    extensionBytes = rest.count
  }

  /// Blanks, a semicolon, and then anything a field value may hold.
  private static func isExtension(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.first { !ASCII.isBlank($0) } == 0x3b && bytes.allSatisfy(ASCII.isFieldValue)
  }
}
