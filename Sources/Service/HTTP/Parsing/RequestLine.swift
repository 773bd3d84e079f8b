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
    guard let method = Self.method(name) else { throw .malformed("the method is no token") }
    self.version = version
    self.method = method
    target = try RequestTarget(bytes[(first + 1)..<last], method: method)
  }

  private static func method(_ name: ArraySlice<UInt8>) -> HTTPRequest.Method? {
    if name.elementsEqual("GET".utf8) { return .get }
    guard !name.isEmpty, name.allSatisfy({ ASCII.token[Int($0)] }) else { return nil }
    return HTTPRequest.Method(String(decoding: name, as: UTF8.self))
  }

  /// HTTP-version is `HTTP/` digit `.` digit; other majors are known to exist, not spoken.
  private static func version(_ bytes: ArraySlice<UInt8>) throws(HTTPError) -> HTTPVersion {
    let start = bytes.startIndex
    guard bytes.count == 8, bytes.starts(with: "HTTP/".utf8), ASCII.isDigit(bytes[start + 5]),
      bytes[start + 6] == 0x2e, ASCII.isDigit(bytes[start + 7])
    else { throw .malformed("the request line does not end with an HTTP version") }
    guard bytes[start + 5] == 0x31 else { throw .unsupportedVersion }
    return bytes[start + 7] == 0x30 ? .http10 : .http11
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
    guard let fieldName = name(bytes[..<colon]) else {
      throw .malformed("a header field name is no token")
    }
    let value = ASCII.trimmed(bytes[(colon + 1)...])
    guard value.allSatisfy(ASCII.isFieldValue) else {
      throw .malformed("the value of \(fieldName.rawName) holds a control character")
    }
    return HTTPField(name: fieldName, value: value)
  }

  /// Names as most clients spell them, so that they need not be made again for each request.
  private static let common = [
    "Host", "User-Agent", "Accept", "Accept-Encoding", "Accept-Language", "Connection",
    "Authorization", "Content-Type", "Content-Length", "If-None-Match", "host", "user-agent",
    "accept", "accept-encoding", "connection", "authorization", "content-type", "content-length",
  ].compactMap { HTTPField.Name($0) }

  private static func name(_ bytes: ArraySlice<UInt8>) -> HTTPField.Name? {
    for name in common
    where name.rawName.utf8.count == bytes.count && bytes.elementsEqual(name.rawName.utf8) {
      return name
    }
    guard bytes.allSatisfy({ ASCII.token[Int($0)] }) else { return nil }
    return HTTPField.Name(String(decoding: bytes, as: UTF8.self))
  }
}
