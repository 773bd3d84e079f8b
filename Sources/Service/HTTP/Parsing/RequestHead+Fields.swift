import HTTPTypes

extension RequestHead {
  /// Judges the fields of a request together: Host, framing, persistence, expectations.
  ///
  /// Throws what RFC 9112 sections 3.2, 6.1-6.3 and 9.3 make an error, and everything that two
  /// parsers could read in two ways (request smuggling).
  init(line: RequestLine, fields: HTTPFields) throws(HTTPError) {
    let deciding = DecidingFields(fields)
    try Self.checkHost(deciding.hosts, version: line.version)
    let connection = Self.tokens(deciding.connection)
    self.init(
      method: line.method, target: line.target, version: line.version, fields: fields,
      framing: try Self.framing(of: deciding, version: line.version),
      keepsAlive: line.version == .http11
        ? !connection.contains("close")
        : connection.contains("keep-alive") && !connection.contains("close"),
      expectsContinue: try Self.expectsContinue(deciding, version: line.version))
  }

  /// The elements of a list in lower case; empty ones are passed over (RFC 9110 section 5.6.1.2).
  ///
  /// Bytes, not characters: what combines with a comma must not hide it.
  private static func tokens(_ values: [String]) -> [String] {
    values.flatMap { $0.utf8.split(separator: 0x2c) }.compactMap { element in
      let token = ASCII.trimmed(ArraySlice(Array(element)))
      return token.isEmpty ? nil : String(decoding: token.map(ASCII.lowercase), as: UTF8.self)
    }
  }

  private static func checkHost(_ hosts: [String], version: HTTPVersion) throws(HTTPError) {
    guard hosts.count <= 1 else { throw .malformed("there is more than one Host field") }
    guard let host = hosts.first else {
      if version == .http11 { throw .malformed("the Host field is missing") }
      return
    }
    // Empty where the target has no authority, but no port without a host.
    guard let authority = Authority(ArraySlice(Array(host.utf8))),
      host.isEmpty || authority.hasHost
    else {
      throw .malformed("the Host field is no host")
    }
  }

  private static func framing(
    of fields: DecidingFields, version: HTTPVersion
  ) throws(HTTPError) -> BodyFraming {
    let (lengths, codings) = (fields.lengths, fields.codings)
    guard codings.isEmpty else {
      guard lengths.isEmpty else {
        throw .malformed("Transfer-Encoding and Content-Length exclude each other")
      }
      guard version == .http11 else {
        throw .malformed("Transfer-Encoding does not belong into HTTP/1.0")
      }
      return try chunked(tokens(codings))
    }
    guard lengths.count <= 1 else { throw .malformed("there is more than one Content-Length") }
    guard let text = lengths.first else { return .none }
    guard !text.isEmpty, text.utf8.allSatisfy(ASCII.isDigit) else {
      throw .malformed("Content-Length is no number")
    }
    guard let length = Int(text) else { throw .bodyTooLarge(limit: Int.max) }
    return length == 0 ? .none : .length(length)
  }

  private static func chunked(_ codings: [String]) throws(HTTPError) -> BodyFraming {
    guard let last = codings.last else { throw .malformed("Transfer-Encoding is empty") }
    guard codings.count == 1 else {
      if codings.dropLast().contains("chunked") {
        throw .malformed("chunked must be the last transfer coding, once")
      }
      throw .unknownTransferCoding
    }
    guard last == "chunked" else { throw .unknownTransferCoding }
    return .chunked
  }

  private static func expectsContinue(
    _ fields: DecidingFields, version: HTTPVersion
  ) throws(HTTPError) -> Bool {
    let expectations = tokens(fields.expectations)
    guard version == .http11, !expectations.isEmpty else { return false }
    guard expectations.allSatisfy({ $0 == "100-continue" }) else { throw .unknownExpectation }
    return true
  }
}

/// The values of those fields that decide how a request is read, found in one pass.
private struct DecidingFields {
  private(set) var hosts: [String] = []
  private(set) var connection: [String] = []
  private(set) var lengths: [String] = []
  private(set) var codings: [String] = []
  private(set) var expectations: [String] = []

  init(_ fields: HTTPFields) {
    for field in fields {
      switch field.name {
      case .hostField: hosts.append(field.value)
      case .connection: connection.append(field.value)
      case .contentLength: lengths.append(field.value)
      case .transferEncoding: codings.append(field.value)
      case .expect: expectations.append(field.value)
      default: break
      }
    }
  }
}
