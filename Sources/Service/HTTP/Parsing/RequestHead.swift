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
      guard let authority = Authority(bytes), authority.hasHost, authority.hasPort else {
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
    guard let authority = Authority(rest[..<end]), authority.hasHost else {
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
    bytes.allSatisfy { ASCII.target[Int($0)] } && ASCII.isPercentEncoded(bytes)
  }
}
