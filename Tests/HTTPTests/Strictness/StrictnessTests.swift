import HTTP
import HTTPTypes
import Logging
import Sockets
import Testing

/// A table of raw requests over real sockets, against a server with the router and its limits.
@Suite(.timeLimit(.minutes(2))) struct `Raw requests` {
  private static let collector = BodyCollector(
    limit: 1 << 24, queue: WorkQueue(label: "spool", width: 1))

  /// Gives the body back, or tells what was wrong with it.
  private static let echo: Handler = { request in
    do {
      let body = try await collector.collect(request.body)
      return Response(contentType: "text/plain", try body.withBytes { Array($0) })
    } catch let error as HTTPError {
      return Problem(error).response
    } catch {
      return Response(status: .internalServerError)
    }
  }

  private static let router = Router([
    Route(.get, "/", echo), Route(.post, "/", echo), Route(.put, "/", echo),
    Route(.get, "/probe") { _ in Response(text: "probe") },
    Route(.get, "/smuggled") { _ in Response(text: "smuggled") },
    Route(.get, "/a b") { _ in Response(text: "decoded") },
    Route(.post, "/unread") { _ in Response(text: "unread") },
    Route(.get, "/stream") { _ in
      Response(status: .ok, body: .stream(length: nil) { try await $0.write(Array("abc".utf8)) })
    },
  ])

  private func withServer(_ body: (SocketAddress) async throws -> Void) async throws {
    let configuration = HTTPServer.Configuration(
      addresses: [try SocketAddress(host: "127.0.0.1", port: 0)], loops: 2)
    let server = try HTTPServer(configuration, logger: Logger(label: "test")) {
      await Self.router.respond(to: $0)
    }
    server.start()
    let result: Result<Void, any Error>
    do { result = .success(try await body(server.addresses[0])) } catch { result = .failure(error) }
    await server.stop(grace: .seconds(2))
    #expect(server.connectionCount == 0)
    try result.get()
  }

  @Test(arguments: RawTable.all)
  func `are answered as the RFC says, however they are cut`(table: RawTable) async throws {
    try await withServer { address in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (index, row) in table.rows.enumerated() {
          if index >= 8 { try await group.next() }
          group.addTask { try await Self.check(row, seed: UInt64(index), at: address) }
        }
        try await group.waitForAll()
      }
    }
  }

  private static func check(_ row: RawRow, seed: UInt64, at address: SocketAddress) async throws {
    for cut in RawCut.allCases {
      let outcome = try await RawOutcome.of(row, cut: cut, seed: seed, at: address)
      #expect(
        outcome.matches(row),
        "\(row.name) (RFC \(row.clause)), \(cut): \(outcome), not \(row.statuses) \(row.end)")
    }
  }

  @Test func `stand in a table that names each once, with its clause`() {
    let rows = RawTable.all.flatMap(\.rows)
    #expect(rows.count >= 200)
    #expect(Set(rows.map(\.name)).count == rows.count)
    for row in rows {
      let words = row.clause.split(separator: " ")
      #expect(words.count == 2 && ["9110", "9112", "3986"].contains(words.first), "\(row.name)")
      #expect(!row.bytes.isEmpty && row.statuses.allSatisfy((200..<600).contains), "\(row.name)")
    }
  }
}
