import Testing

/// One raw request (or several), what is answered, and what becomes of the connection.
struct RawRow: Sendable {
  enum End: Sendable, Equatable {
    /// Another request on the same connection is answered.
    case open
    /// The server ends the connection and answers nothing more.
    case closed
  }

  let name: String
  /// RFC and section: `9112 6.3`.
  let clause: String
  let bytes: [UInt8]
  /// Of the final answers, in order.
  let statuses: [Int]
  let end: End
  /// Content of the last answer; the handler gives back the body that it read.
  var content: String?
  /// How many interim answers may come.
  var interim = 0...0
  /// Sent when 100 Continue has come.
  var afterContinue: [UInt8]?
  /// Every answer is one to HEAD.
  var isHead = false
  /// The client shuts its side when all is sent.
  var finishes = false
}

extension RawRow {
  /// A row that leaves the connection open.
  static func open(
    _ name: String, _ clause: String, _ raw: String, _ statuses: Int..., content: String? = nil,
    isHead: Bool = false
  ) -> RawRow {
    RawRow(
      name: name, clause: clause, bytes: raw.latin1, statuses: statuses, end: .open,
      content: content, isHead: isHead)
  }

  /// A row after which the connection is closed.
  static func closed(
    _ name: String, _ clause: String, _ raw: String, _ statuses: Int..., content: String? = nil,
    isHead: Bool = false, finishes: Bool = false
  ) -> RawRow {
    RawRow(
      name: name, clause: clause, bytes: raw.latin1, statuses: statuses, end: .closed,
      content: content, isHead: isHead, finishes: finishes)
  }

  /// The same row, where so many interim answers may come before the final ones.
  func interim(_ range: ClosedRange<Int>) -> RawRow {
    var row = self
    row.interim = range
    return row
  }

  /// The same row, where `text` is sent when 100 Continue has come, once.
  func afterContinue(_ text: String) -> RawRow {
    var row = interim(1...1)
    row.afterContinue = text.latin1
    return row
  }
}

extension String {
  /// One byte for each scalar, so that a test can name any byte; higher scalars are cut off.
  var latin1: [UInt8] { unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }
}

/// Lines with their ends, an empty line, and a body.
func request(_ lines: String..., body: String = "") -> String {
  lines.map { $0 + "\r\n" }.joined() + "\r\n" + body
}

/// `GET / HTTP/1.1` with one more field line.
func get(_ field: String) -> String { request("GET / HTTP/1.1", "Host: a", field) }

/// `POST / HTTP/1.1` with a chunked body.
func chunked(_ body: String) -> String {
  request("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", body: body)
}

/// `POST / HTTP/1.1` with one more field line and a body.
func post(_ field: String, _ body: String) -> String {
  request("POST / HTTP/1.1", "Host: a", field, body: body)
}

/// What an attacker would have the server answer.
let smuggled = request("GET /smuggled HTTP/1.1", "Host: a")

/// The rows of one topic.
struct RawTable: Sendable, CustomTestStringConvertible {
  let name: String
  let rows: [RawRow]

  var testDescription: String { name }

  static let all = [
    requestLine, targets, fields, host, methods, contentLength, transferEncoding, chunks, trailers,
    expectations, persistence, pipelining, limits,
  ]
}
