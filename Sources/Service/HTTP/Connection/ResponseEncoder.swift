import HTTPTypes

/// How the end of an answer's body is known to the client.
enum AnswerFraming: Equatable {
  /// There is no body, and the client knows it (HEAD, 1xx, 204, 304).
  case bodiless
  case length(Int)
  case chunked
  /// HTTP/1.0 without a length: the end of the connection is the end of the body.
  case untilClose
}

/// Writes the head of an answer (RFC 9112 section 4).
struct ResponseEncoder {
  let request: RequestHead
  let response: Response

  var framing: AnswerFraming {
    let code = response.status.code
    if request.method == .head || code < 200 || code == 204 || code == 304 { return .bodiless }
    if let count = response.body.count { return .length(count) }
    return request.version == .http11 ? .chunked : .untilClose
  }

  /// `date` and `keepsAlive` come from outside, so that the same answer gives the same bytes.
  func head(keepsAlive: Bool, date: String) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(1024)
    bytes.append(text: "HTTP/1.1 ")
    bytes.append(text: String(response.status.code))
    bytes.append(ASCII.space)
    bytes.append(text: response.status.reasonPhrase)
    append("Date", date, to: &bytes)
    for field in response.fields where !Self.isFraming(field.name) {
      bytes.append(text: "\r\n")
      bytes.append(text: field.name.rawName)
      bytes.append(text: ": ")
      field.withUnsafeBytesOfValue { bytes.append(contentsOf: $0) }
    }
    appendFraming(to: &bytes)
    appendConnection(keepsAlive: keepsAlive, to: &bytes)
    bytes.append(text: "\r\n\r\n")
    return bytes
  }

  /// Framing belongs to the connection; a handler that sets it could only break it.
  private static func isFraming(_ name: HTTPField.Name) -> Bool {
    switch name.canonicalName.utf8.count {
    case 4: name == .date
    case 10: name == .connection
    case 14: name == .contentLength
    case 17: name == .transferEncoding
    default: false
    }
  }

  private func appendFraming(to bytes: inout [UInt8]) {
    switch framing {
    case .length(let count): append("Content-Length", String(count), to: &bytes)
    case .chunked: append("Transfer-Encoding", "chunked", to: &bytes)
    case .bodiless:
      // HEAD tells the length that GET would have; 204 and 304 tell none.
      if request.method == .head, response.status.code >= 200, response.status.code != 204,
        response.status.code != 304, let count = response.body.count
      {
        append("Content-Length", String(count), to: &bytes)
      }
    case .untilClose: break
    }
  }

  private func appendConnection(keepsAlive: Bool, to bytes: inout [UInt8]) {
    if !keepsAlive {
      append("Connection", "close", to: &bytes)
    } else if request.version == .http10 {
      append("Connection", "keep-alive", to: &bytes)
    }
  }

  private func append(_ name: String, _ value: String, to bytes: inout [UInt8]) {
    bytes.append(text: "\r\n")
    bytes.append(text: name)
    bytes.append(text: ": ")
    bytes.append(text: value)
  }
}

extension [UInt8] {
  /// In one piece: `append(contentsOf: text.utf8)` goes through an iterator.
  mutating func append(text: String) {
    let isContiguous: Void? = text.utf8.withContiguousStorageIfAvailable { append(contentsOf: $0) }
    if isContiguous == nil { append(contentsOf: text.utf8) }
  }
}
