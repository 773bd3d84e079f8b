/// `multipart/form-data; boundary=abc` (RFC 9110 section 8.3.1).
package struct MediaType: Sendable, Equatable {
  /// Lower case: `multipart/form-data`.
  package let essence: String
  package let parameters: HeaderParameters

  package init?(_ text: String) {
    guard let (value, parameters) = HeaderParameters.parse(text) else { return nil }
    let parts = value.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2,
      parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { ASCII.token[Int($0)] } })
    else { return nil }
    essence = value.lowercased()
    self.parameters = parameters
  }
}

/// `value; name=token; name="quoted \" string"`; names in any case, the first of a name counts.
package struct HeaderParameters: Sendable, Equatable {
  private var values: [String: String] = [:]

  package subscript(name: String) -> String? { values[name] }

  /// The value before the first semicolon, and the parameters; nil when malformed.
  package static func parse(_ text: String) -> (value: String, parameters: HeaderParameters)? {
    var scanner = Scanner(bytes: Array(text.utf8))
    let value = scanner.take { $0 != 0x3b }
    var parameters = HeaderParameters()
    while scanner.skip(0x3b) {
      scanner.skipBlanks()
      if scanner.isAtEnd || scanner.next == 0x3b { continue }
      let name = scanner.take { ASCII.token[Int($0)] }.lowercased()
      guard !name.isEmpty, scanner.skip(0x3d), let parameter = scanner.tokenOrQuoted() else {
        return nil
      }
      if parameters.values[name] == nil { parameters.values[name] = parameter }
      scanner.skipBlanks()
    }
    guard scanner.isAtEnd else { return nil }
    return (value.trimmedBlanks, parameters)
  }

  private struct Scanner {
    let bytes: [UInt8]
    var index = 0

    init(bytes: [UInt8]) {
      self.bytes = bytes
    }

    var isAtEnd: Bool { index == bytes.count }
    var next: UInt8? { isAtEnd ? nil : bytes[index] }

    mutating func take(while condition: (UInt8) -> Bool) -> String {
      let start = index
      while let byte = next, condition(byte) { index += 1 }
      return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    mutating func skip(_ byte: UInt8) -> Bool {
      guard next == byte else { return false }
      index += 1
      return true
    }

    mutating func skipBlanks() {
      while let byte = next, ASCII.isBlank(byte) { index += 1 }
    }

    mutating func tokenOrQuoted() -> String? {
      guard skip(0x22) else {
        let token = take { ASCII.token[Int($0)] || $0 >= 0x80 }
        return token.isEmpty ? nil : token
      }
      var result: [UInt8] = []
      while let byte = next, byte != 0x22 {
        index += 1
        guard byte == 0x5c, let escaped = next, escaped == 0x22 || escaped == 0x5c else {
          result.append(byte)
          continue
        }
        result.append(escaped)
        index += 1
      }
      return skip(0x22) ? String(decoding: result, as: UTF8.self) : nil
    }
  }
}
