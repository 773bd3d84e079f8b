import HTTP
import HTTPTypes
import Logging
import Sockets
import Synchronization
import Testing

/// Over real sockets, with a client that says exactly what a test wants.
@Suite(.timeLimit(.minutes(1))) struct `Server` {
  private func withServer(
    limits: HTTPLimits = HTTPLimits(), connections: ConnectionLimits = ConnectionLimits(),
    _ handler: @escaping Handler, _ body: (HTTPServer, SocketAddress) async throws -> Void
  ) async throws {
    var configuration = HTTPServer.Configuration(
      addresses: [try SocketAddress(host: "127.0.0.1", port: 0)], loops: 2)
    (configuration.limits, configuration.connections) = (limits, connections)
    let server = try HTTPServer(configuration, logger: Logger(label: "test"), handler: handler)
    server.start()
    do {
      try await body(server, server.addresses[0])
    } catch {
      await server.stop(grace: .zero)
      throw error
    }
    await server.stop(grace: .seconds(2))
    #expect(server.connectionCount == 0)
  }

  private static let collector = BodyCollector(
    limit: 1 << 24, memoryLimit: 1 << 16, queue: WorkQueue(label: "spool", width: 1))

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

  @Test func `pipelined requests are answered in order`() async throws {
    let handler: Handler = { request in
      if request.path == "/slow" { try? await Task.sleep(for: .milliseconds(50)) }
      return Response(text: request.path)
    }
    try await withServer(handler) { _, address in
      let client = try TestClient(address)
      let paths = ["/slow"] + (0..<50).map { "/\($0)" }
      try await client.send(
        paths.map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
          + "GET /end HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      let text = try await client.receiveAll()
      let bodies = text.split(separator: "\r\n\r\n").dropFirst().map {
        $0.prefix { $0 != "H" && $0 != "\r\n" }
      }
      #expect(bodies.map(String.init) == paths + ["/end"])
    }
  }

  @Test func `a large chunked body comes back whole through the spool`() async throws {
    try await withServer(Self.echo) { _, address in
      let client = try TestClient(address)
      let chunk = String(repeating: "0123456789abcdef", count: 4096)
      try await client.send(
        "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
      for _ in 0..<8 { try await client.send("10000\r\n\(chunk)\r\n") }
      try await client.send("0\r\n\r\n")
      let all = String(repeating: chunk, count: 8)
      let text = try await client.receiveAll()
      #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n") && text.hasSuffix("\r\n\r\n" + all))
    }
  }

  @Test func `100 Continue comes before the body is sent`() async throws {
    try await withServer(Self.echo) { _, address in
      let client = try TestClient(address)
      try await client.send(
        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
      #expect(try await client.receive(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
      try await client.send("hi")
      #expect(try await client.receive(until: "\r\n\r\nhi").hasPrefix("HTTP/1.1 200 OK\r\n"))
    }
  }

  @Test func `a body over the limit is answered 413 while the client still sends`() async throws {
    var limits = HTTPLimits()
    limits.body = 1000
    try await withServer(limits: limits, Self.echo) { _, address in
      let client = try TestClient(address)
      try await client.send(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n"
          + String(repeating: "x", count: 500_000))
      #expect(try await client.receiveAll().hasPrefix("HTTP/1.1 413 "))
    }
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\n\r\n", "400"), ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", "505"),
    ("GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\nHost: a\r\n\r\n", "414"),
    ("GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 40000))\r\n\r\n", "431"),
  ])
  func `a bad request is answered as a problem and the connection closed`(
    request: String, status: String
  ) async throws {
    try await withServer(Self.echo) { _, address in
      let client = try TestClient(address)
      try await client.send(request)
      let answer = try await client.receiveAll()
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
      #expect(answer.contains("Content-Type: application/problem+json\r\n"))
      #expect(answer.contains("Connection: close\r\n"))
      #expect(answer.contains("Content-Security-Policy: default-src 'none';"))
      #expect(answer.contains("X-Content-Type-Options: nosniff\r\n"))
    }
  }

  @Test func `HEAD has the length and no body`() async throws {
    let handler: Handler = { _ in Response(text: "hello") }
    try await withServer(handler) { _, address in
      let client = try TestClient(address)
      try await client.send("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      let answer = try await client.receiveAll()
      #expect(answer.contains("Content-Length: 5\r\n") && answer.hasSuffix("\r\n\r\n"))
    }
  }

  @Test func `a stream is chunked, waits for its reader and ends`() async throws {
    let handler: Handler = { _ in
      Response(
        status: .ok,
        body: .stream(length: nil) { writer in
          for _ in 0..<200 { try await writer.write([UInt8](repeating: 0x78, count: 50_000)) }
        })
    }
    try await withServer(handler) { _, address in
      let client = try TestClient(address)
      try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      let text = try await client.receive(until: "\r\n0\r\n\r\n")
      #expect(text.contains("Transfer-Encoding: chunked\r\n"))
      #expect(text.utf8.count { $0 == 0x78 } == 10_000_000)
    }
  }

  @Test func `answers nobody reads are not made`() async throws {
    let made = Mutex(0)
    let handler: Handler = { _ in
      made.withLock { $0 += 1 }
      return Response(contentType: "a/b", [UInt8](repeating: 0x78, count: 1_000_000))
    }
    try await withServer(handler) { _, address in
      let client = try TestClient(address)
      try await client.send(String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: 100))
      try await Task.sleep(for: .milliseconds(500))
      #expect(made.withLock { $0 } < 30)
    }
  }

  @Test func `a stream to HTTP 1.0 ends with the connection`() async throws {
    let handler: Handler = { _ in
      Response(status: .ok, body: .stream(length: nil) { try await $0.write(Array("abc".utf8)) })
    }
    try await withServer(handler) { _, address in
      let client = try TestClient(address)
      try await client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
      let answer = try await client.receiveAll()
      #expect(answer.hasSuffix("\r\n\r\nabc") && answer.contains("Connection: close\r\n"))
    }
  }

  @Test func `a stream that breaks its word breaks the connection`() async throws {
    let handler: Handler = { _ in
      Response(status: .ok, body: .stream(length: 5) { try await $0.write(Array("abc".utf8)) })
    }
    try await withServer(handler) { _, address in
      let client = try TestClient(address)
      try await client.send(String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: 2))
      let answer = try await client.receiveAll()
      #expect(answer.split(separator: "HTTP/1.1 200").count == 1)
    }
  }

  @Test func `a client that goes away cancels the waiting handler`() async throws {
    let (cancelled, signal) = AsyncStream.makeStream(of: Bool.self)
    let handler: Handler = { _ in
      do {
        try await Task.sleep(for: .seconds(30))
      } catch {
        signal.yield(true)
      }
      return Response(text: "late")
    }
    try await withServer(handler) { _, address in
      var client: TestClient? = try TestClient(address)
      try await client?.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      try await Task.sleep(for: .milliseconds(50))
      client = nil
      var iterator = cancelled.makeAsyncIterator()
      #expect(await iterator.next() == true)
    }
  }

  @Test func `a client that half-closes still gets its answers`() async throws {
    let handler: Handler = { Response(text: $0.path) }
    try await withServer(handler) { _, address in
      let client = try TestClient(address)
      try await client.send(String(repeating: "GET /x HTTP/1.1\r\nHost: a\r\n\r\n", count: 3))
      client.finish()
      #expect(try await client.receiveAll().split(separator: "\r\n\r\n/x").count == 3)
    }
  }

  @Test func `stopping lets the request in hand finish and closes the rest`() async throws {
    let (begun, begin) = AsyncStream.makeStream(of: Void.self)
    let (released, release) = AsyncStream.makeStream(of: Void.self)
    let handler: Handler = { _ in
      begin.yield()
      for await _ in released { break }
      return Response(text: "done")
    }
    // The clients here do not close.
    var limits = HTTPLimits()
    limits.lingerDeadline = .milliseconds(100)
    try await withServer(limits: limits, handler) { server, address in
      let (idle, busy) = (try TestClient(address), try TestClient(address))
      try await busy.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      for await _ in begun { break }
      async let stopped: Void = server.stop(grace: .seconds(30))
      #expect(try await idle.receiveAll().isEmpty)
      // The connections are told one by one; the busy one may be the last.
      try await Task.sleep(for: .milliseconds(200))
      release.yield()
      let answer = try await busy.receiveAll()
      #expect(answer.hasSuffix("done") && answer.contains("Connection: close\r\n"))
      await stopped
    }
  }

  @Test func `a header that never ends is answered 408`() async throws {
    var limits = HTTPLimits()
    limits.headerDeadline = .seconds(2)
    try await withServer(limits: limits, Self.echo) { _, address in
      let client = try TestClient(address)
      try await client.send("GET / HTTP/1.1\r\n")
      #expect(try await client.receiveAll().hasPrefix("HTTP/1.1 408 "))
    }
  }

  @Test func `an address has so many connections and no more`() async throws {
    let handler: Handler = { _ in Response(text: "hello") }
    let limits = ConnectionLimits(total: 10, perAddress: 2)
    try await withServer(connections: limits, handler) { _, address in
      var clients = [try TestClient(address), try TestClient(address)]
      for client in clients {
        try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try await client.receive(until: "hello")
      }
      let third = try TestClient(address)
      #expect(try await third.receiveAll().isEmpty)
      clients.removeLast()
      for _ in 0..<100 {
        let next = try TestClient(address)
        try? await next.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        if try await next.receive(until: "hello").hasSuffix("hello") { return }
        try await Task.sleep(for: .milliseconds(20))
      }
      Issue.record("the place of a closed connection was not given out again")
    }
  }
}
