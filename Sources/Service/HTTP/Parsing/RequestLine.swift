import HTTPTypes

/// `METHOD target HTTP/1.1` (RFC 9112 section 3).
struct RequestLine {
  var method: HTTPRequest.Method
  var target: RequestTarget
  var version: HTTPVersion

  init(_ bytes: ArraySlice<UInt8>) throws(HTTPError) {
    guard let first = bytes.firstIndex(of: ASCII.space),
      let last = bytes.lastIndex(of: ASCII.space), first < last
    else { throw .malformed("the request line is not METHOD target HTTP/1.1") }
    let version = try Self.version(bytes[(last + 1)...])
    let name = bytes[..<first]
    guard !name.isEmpty, name.allSatisfy({ ASCII.token[Int($0)] }),
      let method = HTTPRequest.Method(String(decoding: name, as: UTF8.self))
    else { throw .malformed("the method is no token") }
    self.version = version
    self.method = method
    target = try RequestTarget(bytes[(first + 1)..<last], method: method)
  }

  /// HTTP-version is `HTTP/` digit `.` digit; other majors are known to exist, not spoken.
  private static func version(_ bytes: ArraySlice<UInt8>) throws(HTTPError) -> HTTPVersion {
    let text = Array(bytes)
    guard text.count == 8, text.starts(with: "HTTP/".utf8), ASCII.isDigit(text[5]),
      text[6] == 0x2e, ASCII.isDigit(text[7])
    else { throw .malformed("the request line does not end with an HTTP version") }
    guard text[5] == 0x31 else { throw .unsupportedVersion }
    return text[7] == 0x30 ? .http10 : .http11
  }
}

/// One `Name: value` line (RFC 9112 section 5).
enum FieldLine {
  static func parse(_ bytes: ArraySlice<UInt8>) throws(HTTPError) -> HTTPField {
    if let first = bytes.first, ASCII.isBlank(first) {
      throw .malformed("a header field is folded over lines")
    }
    guard let colon = bytes.firstIndex(of: 0x3a) else {
      throw .malformed("a header field has no colon")
    }
    let name = bytes[..<colon]
    guard name.allSatisfy({ ASCII.token[Int($0)] }),
      let fieldName = HTTPField.Name(String(decoding: name, as: UTF8.self))
    else { throw .malformed("a header field name is no token") }
    let value = ASCII.trimmed(bytes[(colon + 1)...])
    guard value.allSatisfy(ASCII.isFieldValue) else {
      throw .malformed("the value of \(fieldName.rawName) holds a control character")
    }
    return HTTPField(name: fieldName, value: value)
  }
}
