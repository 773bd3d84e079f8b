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
    bytes.reserveCapacity(512)
    bytes.append(contentsOf: "HTTP/1.1 ".utf8)
    bytes.append(contentsOf: String(response.status.code).utf8)
    bytes.append(ASCII.space)
    bytes.append(contentsOf: response.status.reasonPhrase.utf8)
    append("\r\nDate", date, to: &bytes)
    for field in response.fields where !Self.isFraming(field.name) {
      append("\r\n" + field.name.rawName, field.value, to: &bytes)
    }
    appendFraming(to: &bytes)
    appendConnection(keepsAlive: keepsAlive, to: &bytes)
    bytes.append(contentsOf: "\r\n\r\n".utf8)
    return bytes
  }

  /// Framing belongs to the connection; a handler that sets it could only break it.
  private static func isFraming(_ name: HTTPField.Name) -> Bool {
    name == .contentLength || name == .transferEncoding || name == .connection || name == .date
  }

  private func appendFraming(to bytes: inout [UInt8]) {
    switch framing {
    case .length(let count): append("\r\nContent-Length", String(count), to: &bytes)
    case .chunked: append("\r\nTransfer-Encoding", "chunked", to: &bytes)
    case .bodiless:
      // HEAD tells the length that GET would have; 204 and 304 tell none.
      if request.method == .head, response.status.code >= 200, response.status.code != 204,
        response.status.code != 304, let count = response.body.count
      {
        append("\r\nContent-Length", String(count), to: &bytes)
      }
    case .untilClose: break
    }
  }

  private func appendConnection(keepsAlive: Bool, to bytes: inout [UInt8]) {
    if !keepsAlive {
      append("\r\nConnection", "close", to: &bytes)
    } else if request.version == .http10 {
      append("\r\nConnection", "keep-alive", to: &bytes)
    }
  }

  private func append(_ name: String, _ value: String, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: name.utf8)
    bytes.append(contentsOf: ": ".utf8)
    bytes.append(contentsOf: value.utf8)
  }
}
