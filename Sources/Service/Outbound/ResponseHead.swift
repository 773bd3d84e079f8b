/// Status and fields of an answer (RFC 9112), read strictly: a receiver that does not speak HTTP/1.1
/// is told so, and not guessed at.
package struct ResponseHead: Sendable, Equatable {
  package struct Field: Sendable, Equatable {
    /// In lower case.
    package let name: String
    package let value: String
  }

  package let status: Int
  package let fields: [Field]
  /// Bytes of the content, where the head says how many.
  package let contentLength: Int?

  /// The value of a field that is there once.
  package subscript(_ name: String) -> String? {
    let found = fields.filter { $0.name == name }
    return found.count == 1 ? found[0].value : nil
  }
}

extension ResponseHead {
  /// Reads a head without the empty line that ends it.
  package init(_ bytes: some Collection<UInt8>) throws(OutboundError) {
    var lines = Self.lines(Array(bytes))
    guard let first = lines.first else { throw .malformed("it is empty") }
    lines.removeFirst()
    status = try Self.status(first)
    guard lines.count <= 100 else { throw .tooLarge("more than 100 fields") }
    var fields: [Field] = []
    for line in lines { fields.append(try Self.field(line)) }
    self.fields = fields
    contentLength = try Self.contentLength(fields)
  }

  /// The lines between CRLFs; a CR or LF by itself stays in its line, where nothing allows it.
  private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    var place = 0
    while place < bytes.count {
      if bytes[place] == 0x0d, place + 1 < bytes.count, bytes[place + 1] == 0x0a {
        lines.append(bytes[start..<place])
        place += 2
        start = place
      } else {
        place += 1
      }
    }
    lines.append(bytes[start...])
    return lines
  }

  /// `HTTP/1.1 200 OK` (RFC 9112, section 4); also of 1.0, which some receivers still are.
  private static func status(_ line: ArraySlice<UInt8>) throws(OutboundError) -> Int {
    let isVersion =
      line.starts(with: "HTTP/1.1 ".utf8) || line.starts(with: "HTTP/1.0 ".utf8)
    let rest = line.dropFirst(9)
    let digits = rest.prefix(3)
    let reason = rest.dropFirst(3)
    guard isVersion, digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }),
      reason.isEmpty || reason.first == 0x20, reason.allSatisfy(isText)
    else { throw .malformed("its status line") }
    let status = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    guard (100...599).contains(status) else { throw .malformed("its status \(status)") }
    return status
  }

  /// RFC 9112, section 5: no space before the colon, no folded lines.
  private static func field(_ line: ArraySlice<UInt8>) throws(OutboundError) -> Field {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
      line[..<colon].allSatisfy(isToken)
    else { throw .malformed("a field's name") }
    let value = line[line.index(after: colon)...]
    guard value.allSatisfy(isText) else { throw .malformed("a field's value") }
    let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
    let trimmed = value.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
    return Field(
      name: String(decoding: line[..<colon], as: UTF8.self).lowercased(),
      value: String(decoding: Array(trimmed), as: UTF8.self))
  }

  /// RFC 9112, section 6.3: repeated or malformed lengths, and lengths beside a coding, are refused.
  private static func contentLength(_ fields: [Field]) throws(OutboundError) -> Int? {
    let lengths = fields.filter { $0.name == "content-length" }.map(\.value)
    guard let length = lengths.first else { return nil }
    let hasCoding = fields.contains { $0.name == "transfer-encoding" }
    guard lengths.count == 1, !hasCoding, length.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let count = Int(length)
    else { throw .malformed("its length") }
    return count
  }

  /// RFC 9110, section 5.6.2.
  private static func isToken(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
      || "!#$%&'*+-.^_`|~".utf8.contains(byte)
  }

  /// Tab, space, visible ASCII and what is beyond ASCII.
  private static func isText(_ byte: UInt8) -> Bool {
    byte == 0x09 || (0x20...0x7e).contains(byte) || byte >= 0x80
  }
}
