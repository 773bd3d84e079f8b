import HTTP
import Sockets

/// How a request is cut into the pieces that are sent one after the other.
enum RawCut: Sendable, CaseIterable {
  case whole
  case bytes
  case random

  /// `seed` decides where random cuts fall; long requests are not sent in single bytes.
  func pieces(_ bytes: [UInt8], seed: UInt64) -> [[UInt8]] {
    var generator = SeededGenerator(state: seed)
    var pieces: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let count =
        switch self {
        case .whole: rest.count
        case .bytes: 1 + bytes.count / 1000
        case .random: Int.random(in: 1...(8 + bytes.count / 50), using: &generator)
        }
      pieces.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    return pieces
  }
}

/// What came of a row: the outcome that is held against it.
struct RawOutcome: Equatable {
  var statuses: [Int]
  var content: String?
  var interim: Int
  var end: RawRow.End
  /// What came behind the answers; nothing may.
  var rest: String

  /// Sends a row in pieces, reads the answers and tries the connection.
  static func of(
    _ row: RawRow, cut: RawCut, seed: UInt64, at address: SocketAddress
  ) async throws -> RawOutcome {
    let client = try TestClient(address)
    try await client.send(pieces: cut.pieces(row.bytes, seed: seed))
    var bytes: [UInt8] = []
    if let more = row.afterContinue {
      bytes = try await client.receiveBytes { RawAnswers($0, isHead: false).interim > 0 }
      try await client.send(pieces: cut.pieces(more, seed: seed))
    }
    if row.finishes { client.finish() }
    bytes = try await client.receiveBytes(after: bytes) {
      RawAnswers($0, isHead: row.isHead).final.count >= row.statuses.count
    }
    return try await row.end == .open
      ? probed(row, client, bytes) : ended(row, client, bytes)
  }

  /// Waits for the server's end; that it never comes is an outcome, not an error.
  private static func ended(
    _ row: RawRow, _ client: TestClient, _ bytes: [UInt8]
  ) async throws -> RawOutcome {
    do {
      let all = try await client.receiveBytes(after: bytes) { _ in false }
      let answers = RawAnswers(all, isHead: row.isHead, hasEnded: true)
      return RawOutcome(answers, end: .closed)
    } catch is TestFailure {
      return RawOutcome(RawAnswers(bytes, isHead: row.isHead), end: .open)
    }
  }

  /// Sends one more request and takes its answer away again.
  private static func probed(
    _ row: RawRow, _ client: TestClient, _ bytes: [UInt8]
  ) async throws -> RawOutcome {
    let before = RawAnswers(bytes, isHead: row.isHead)
    do {
      try await client.send("GET /probe HTTP/1.1\r\nHost: a\r\n\r\n")
    } catch is TestFailure {
      return RawOutcome(before, end: .closed)
    }
    let probe = try await client.receiveBytes(after: Array(before.rest)) {
      !RawAnswers($0, isHead: false).final.isEmpty
    }
    let answers = RawAnswers(probe, isHead: false)
    let isAnswered = answers.final == [.init(status: 200, content: Array("probe".utf8))]
    var outcome = RawOutcome(before, end: isAnswered ? .open : .closed)
    outcome.rest = String(decoding: answers.rest, as: UTF8.self)
    return outcome
  }

  private init(_ answers: RawAnswers, end: RawRow.End) {
    statuses = answers.final.map(\.status)
    content = answers.final.last.map { String(decoding: $0.content, as: UTF8.self) }
    interim = answers.interim
    self.end = end
    rest = String(decoding: answers.rest, as: UTF8.self)
  }

  /// Nothing but what the row says.
  func matches(_ row: RawRow) -> Bool {
    statuses == row.statuses && end == row.end && rest.isEmpty && row.interim.contains(interim)
      && (row.content == nil || row.content == content)
  }
}
