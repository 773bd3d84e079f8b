package import HTTPTypes

package enum HTTPVersion: Sendable, Equatable {
  case http10
  case http11
}

/// How the length of a request's body is known (RFC 9112 section 6.3).
package enum BodyFraming: Sendable, Equatable {
  case none
  case length(Int)
  case chunked
}

/// A request up to its body, checked.
package struct RequestHead: Sendable, Equatable {
  package var method: HTTPRequest.Method
  package var target: RequestTarget
  package var version: HTTPVersion
  package var fields: HTTPFields
  package var framing: BodyFraming
  /// The client lets the connection be used again.
  package var keepsAlive: Bool
  package var expectsContinue: Bool

  package init(
    method: HTTPRequest.Method, target: RequestTarget, version: HTTPVersion = .http11,
    fields: HTTPFields = HTTPFields(), framing: BodyFraming = .none, keepsAlive: Bool = true,
    expectsContinue: Bool = false
  ) {
    self.method = method
    self.target = target
    self.version = version
    self.fields = fields
    self.framing = framing
    self.keepsAlive = keepsAlive
    self.expectsContinue = expectsContinue
  }
}

/// The request target, split but not decoded (RFC 9112 section 3.2).
package struct RequestTarget: Sendable, Equatable {
  /// Begins with `/`, or is `*` for `OPTIONS *`, or empty for CONNECT.
  package var path: String
  package var query: String?
  /// From an absolute target; it has precedence over Host.
  package var authority: String?

  package init(path: String, query: String? = nil, authority: String? = nil) {
    self.path = path
    self.query = query
    self.authority = authority
  }
}

extension RequestTarget {
  /// Throws `HTTPError.malformed` for what is none of the four forms or holds a forbidden byte.
  init(_ bytes: ArraySlice<UInt8>, method: HTTPRequest.Method) throws(HTTPError) {
    if method == .connect {
      guard Self.isAuthority(bytes), bytes.contains(0x3a) else {
        throw .malformed("the target of CONNECT is no host and port")
      }
      self.init(path: "", query: nil, authority: String(decoding: bytes, as: UTF8.self))
    } else if bytes.elementsEqual("*".utf8) {
      guard method == .options else { throw .malformed("the target * is for OPTIONS alone") }
      self.init(path: "*", query: nil, authority: nil)
    } else if bytes.first == 0x2f {
      try self.init(origin: bytes, authority: nil)
    } else {
      try self.init(absolute: bytes)
    }
  }

  private init(absolute bytes: ArraySlice<UInt8>) throws(HTTPError) {
    guard let scheme = bytes.firstRange(of: Array("://".utf8)) else {
      throw .malformed("the request target is neither a path nor an http URL")
    }
    let name = String(decoding: bytes[..<scheme.lowerBound], as: UTF8.self)
    guard name.equalsIgnoringCase("http") || name.equalsIgnoringCase("https") else {
      throw .malformed("the request target is neither a path nor an http URL")
    }
    let rest = bytes[scheme.upperBound...]
    let end = rest.firstIndex { $0 == 0x2f || $0 == 0x3f } ?? rest.endIndex
    guard end > rest.startIndex, Self.isAuthority(rest[..<end]) else {
      throw .malformed("the host in the request target is not valid")
    }
    try self.init(
      origin: rest[end...], authority: String(decoding: rest[..<end], as: UTF8.self))
  }

  private init(origin bytes: ArraySlice<UInt8>, authority: String?) throws(HTTPError) {
    guard Self.isTarget(bytes) else {
      throw .malformed("the request target holds a byte that must be percent-encoded")
    }
    let mark = bytes.firstIndex(of: 0x3f)
    let path = String(decoding: bytes[..<(mark ?? bytes.endIndex)], as: UTF8.self)
    self.init(
      path: path.isEmpty ? "/" : path,
      query: mark.map { String(decoding: bytes[($0 + 1)...], as: UTF8.self) },
      authority: authority)
  }

  private static func isTarget(_ bytes: ArraySlice<UInt8>) -> Bool {
    for index in bytes.indices {
      guard ASCII.target[Int(bytes[index])] else { return false }
      guard bytes[index] == 0x25 else { continue }
      guard index + 2 < bytes.endIndex, ASCII.hexValue(bytes[index + 1]) != nil,
        ASCII.hexValue(bytes[index + 2]) != nil
      else { return false }
    }
    return true
  }

  /// A host with an optional port; user information is refused.
  static func isAuthority(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.allSatisfy({ ASCII.authority[Int($0)] }) else { return false }
    var rest = bytes
    if rest.first == 0x5b {
      guard let end = rest.firstIndex(of: 0x5d) else { return false }
      guard rest[(rest.startIndex + 1)..<end].allSatisfy(isIPv6Byte) else { return false }
      rest = rest[(end + 1)...]
    } else {
      let end = rest.firstIndex(of: 0x3a) ?? rest.endIndex
      guard !rest[..<end].contains(0x5b), !rest[..<end].contains(0x5d) else { return false }
      rest = rest[end...]
    }
    return rest.isEmpty || (rest.first == 0x3a && rest.dropFirst().allSatisfy(ASCII.isDigit))
  }

  private static func isIPv6Byte(_ byte: UInt8) -> Bool {
    ASCII.hexValue(byte) != nil || byte == 0x3a || byte == 0x2e
  }
}
