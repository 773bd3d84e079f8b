import Foundation
import HTTP
import HTTPTypes
import Logging
import Sockets
import Synchronization
import TLS
import TestCertificates
import Testing

/// Over real sockets, with clients of our own and with those that everybody has.
@Suite(.timeLimit(.minutes(1))) struct `Server over TLS` {
  private let folder: CertificateFolder

  init() throws { folder = try CertificateFolder() }

  private func context(
    _ name: String = "server", clients: TLSServerContext.ClientCertificates = .none
  ) throws -> TLSServerContext {
    try TLSServerContext(
      .init(
        certificate: folder.file(name + ".pem"), key: folder.file(name + ".key"),
        clientAuthorities: clients == .none ? nil : folder.file("ca.pem"),
        clientCertificates: clients))
  }

  private func withServer(
    credentials: TLSCredentials? = nil, limits: HTTPLimits = HTTPLimits(),
    connections: ConnectionLimits = ConnectionLimits(),
    onHandshake: TLSObserver? = nil, _ handler: @escaping Handler,
    _ body: (HTTPServer, SocketAddress) async throws -> Void
  ) async throws {
    var configuration = HTTPServer.Configuration(
      addresses: [try SocketAddress(host: "127.0.0.1", port: 0)], loops: 2)
    (configuration.limits, configuration.connections) = (limits, connections)
    configuration.credentials = try credentials ?? TLSCredentials(context())
    configuration.onHandshake = onHandshake
    let server = try HTTPServer(
      configuration, logger: Logger(label: "test"), handler: chain([safetyHeaders()], handler))
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

  private static let hello: Handler = { request in
    Response(text: request.security?.certificate?.subject ?? "hello")
  }

  private func client(
    _ address: SocketAddress, identity: String? = nil
  ) async throws -> SecureTestClient {
    let context = try TLSClientContext(
      trust: .file(folder.file("ca.pem")),
      identity: identity.map { (folder.file($0 + ".pem"), folder.file($0 + ".key")) })
    return try await SecureTestClient(address, context)
  }

  private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
  private static let last = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

  @Test func `requests are answered, browsers told to stay, and the end is said`() async throws {
    try await withServer(Self.hello) { _, address in
      let client = try await client(address)
      try await client.send(Self.get + Self.last)
      // Throws where the connection ends without a close_notify.
      let text = try await client.receiveAll()
      #expect(text.components(separatedBy: "HTTP/1.1 200 OK").count == 3)
      #expect(text.contains("\r\nStrict-Transport-Security: max-age=31536000\r\n"))
      #expect(text.hasSuffix("\r\n\r\nhello"))
    }
  }

  @Test func `clear text is answered in clear text, and says where to go`() async throws {
    let failures = Mutex<[TLSFailure]>([])
    let observer: TLSObserver = { result in
      if case .failure(let failure) = result { failures.withLock { $0.append(failure) } }
    }
    try await withServer(onHandshake: observer, Self.hello) { _, address in
      let client = try TestClient(address)
      try await client.send(Self.get)
      let text = try await client.receiveAll()
      #expect(text.hasPrefix("HTTP/1.1 400 Bad Request\r\n") && text.contains("speaks TLS"))
      #expect(text.contains("\r\nConnection: close\r\n"))
      #expect(!text.contains("Strict-Transport-Security"))
    }
    #expect(failures.withLock { $0 } == [.plainHTTP])
  }

  @Test func `who does not finish the handshake is cut off`() async throws {
    var limits = HTTPLimits()
    limits.headerDeadline = .milliseconds(300)
    limits.lingerDeadline = .milliseconds(100)
    let failures = Mutex<[TLSFailure]>([])
    let observer: TLSObserver = { result in
      if case .failure(let failure) = result { failures.withLock { $0.append(failure) } }
    }
    try await withServer(limits: limits, onHandshake: observer, Self.hello) { _, address in
      // Nothing at all, a part of a record, and what is no TLS.
      for bytes in [[], [22, 3, 1, 2, 0, 1], [0x80, 0x2e, 1, 3, 1]] as [[UInt8]] {
        let client = try TestClient(address)
        try await client.send(bytes)
        let text = try await client.receiveBytes { _ in false }
        #expect(text.isEmpty || text.first == 21)
      }
    }
    #expect(failures.withLock { $0.prefix(2) } == [.unfinished, .unfinished])
  }

  @Test func `an address has its limit while it shakes hands, too`() async throws {
    try await withServer(connections: ConnectionLimits(total: 10, perAddress: 2), Self.hello) {
      server, address in
      let silent = [try TestClient(address), try TestClient(address)]
      while server.connectionCount < 2 { await Task.yield() }
      let third = try TestClient(address)
      // Reset, or the end, before a byte came.
      #expect((try? await third.receiveAll())?.isEmpty != false)
      withExtendedLifetime(silent) {}
    }
  }

  @Test func `a reader that rests holds back who writes, and gets all in the end`() async throws {
    let piece = [UInt8](repeating: 7, count: 256 * 1024)
    let count = 128
    let written = Mutex(0)
    let handler: Handler = { _ in
      Response(
        status: .ok,
        body: .stream(length: count * piece.count) { writer in
          for _ in 0..<count {
            try await writer.write(piece)
            written.withLock { $0 += 1 }
          }
        })
    }
    try await withServer(handler) { _, address in
      let client = try await client(address)
      try await client.send(Self.last)
      // As long as it goes on, wait; it must come to rest long before its end.
      var (before, now) = (-1, 0)
      while before != now {
        try await Task.sleep(for: .milliseconds(100))
        (before, now) = (now, written.withLock { $0 })
      }
      #expect(now < count)
      let all = try await client.receiveBytes()
      #expect(written.withLock { $0 } == count && all.count > count * piece.count)
      #expect(all.suffix(count * piece.count).allSatisfy { $0 == 7 })
    }
  }

  @Test func `a client that ends its side is answered, one that is cut off is not`() async throws {
    let failure = Mutex<HTTPError?>(nil)
    let handler: Handler = { request in
      do throws(HTTPError) {
        try await request.body.forEachPiece { _ in }
        return Response(text: "whole")
      } catch {
        failure.withLock { $0 = error }
        return Response(text: "cut")
      }
    }
    try await withServer(handler) { _, address in
      let polite = try await client(address)
      try await polite.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
      try await polite.finish()
      #expect(try await polite.receiveAll().hasSuffix("whole"))
      #expect(failure.withLock { $0 } == nil)
      for isPolite in [true, false] {
        let other = try await client(address)
        try await other.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
        if isPolite { try await other.finish() } else { other.endTransport() }
        _ = try? await other.receiveBytes()
        #expect(failure.withLock { $0 } == .disconnected)
        failure.withLock { $0 = nil }
      }
    }
  }

  @Test func `a new certificate holds for new connections, old ones go on`() async throws {
    let credentials = TLSCredentials(try context())
    try await withServer(credentials: credentials, Self.hello) { _, address in
      let old = try await client(address)
      try folder.make("renewed", names: "IP:127.0.0.1")
      credentials.replace(with: try context("renewed"))
      let new = try await client(address)
      #expect(old.server?.subject == "CN=server" && new.server?.subject == "CN=renewed")
      for client in [old, new] {
        try await client.send(Self.last)
        #expect(try await client.receiveAll().hasSuffix("hello"))
      }
    }
  }

  @Test func `the handler knows whose certificate a client showed`() async throws {
    let credentials = TLSCredentials(try context(clients: .required))
    try await withServer(credentials: credentials, Self.hello) { _, address in
      let known = try await client(address, identity: "client")
      try await known.send(Self.last)
      #expect(try await known.receiveAll().hasSuffix("CN=client"))
      // In TLS 1.3 a client learns after its handshake that it is not let in.
      let bare = try await client(address)
      try? await bare.send(Self.last)
      await #expect(throws: SecureStreamError.self) { try await bare.receiveAll() }
    }
  }

  // MARK: Clients that everybody has

  private func run(_ program: String, _ arguments: [String], input: String = "") async throws
    -> (status: Int32, output: String)
  {
    try await SecureTestClient.threads.run {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [program] + arguments
      let (stdin, output) = (Pipe(), Pipe())
      (process.standardInput, process.standardOutput, process.standardError) =
        (stdin, output, output)
      try process.run()
      try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
      try stdin.fileHandleForWriting.close()
      let data = try output.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
  }

  @Test func `curl is served, and refuses who it does not know`() async throws {
    try await withServer(Self.hello) { _, address in
      let url = "https://localhost:\(address.port)/"
      let pin = ["--resolve", "localhost:\(address.port):127.0.0.1", "-sS", "--max-time", "20"]
      let known = try await run("curl", pin + ["--cacert", folder.file("ca.pem"), url, url])
      #expect(known.status == 0 && known.output == "hellohello")
      // 60: the certificate is not believed.
      #expect(try await run("curl", pin + [url]).status == 60)
      let old = try await run("curl", pin + ["-k", "--tls-max", "1.1", url])
      #expect(old.status == 35)
      let clear = try await run("curl", pin + ["http://localhost:\(address.port)/"])
      #expect(clear.status == 0 && clear.output.contains("speaks TLS"))
    }
  }

  @Test(arguments: ["-tls1_2", "-tls1_3"])
  func `openssl s_client agrees on what is secure`(version: String) async throws {
    try await withServer(Self.hello) { _, address in
      let base = [
        "s_client", "-connect", "127.0.0.1:\(address.port)", "-CAfile", folder.file("ca.pem"),
        "-verify_return_error", "-verify_ip", "127.0.0.1", "-alpn", "h2,http/1.1", version,
      ]
      let good = try await run("openssl", base + ["-ign_eof"], input: Self.last)
      #expect(good.status == 0 && good.output.contains("ALPN protocol: http/1.1"))
      #expect(good.output.contains("Verify return code: 0 (ok)"))
      #expect(good.output.contains("\r\n\r\nhello"))
      let weak =
        version == "-tls1_2" ? ["-cipher", "AES128-SHA:@SECLEVEL=0"] : ["-groups", "P-521"]
      #expect(try await run("openssl", base + weak).status != 0)
      let other = base.map { $0 == "h2,http/1.1" ? "h2" : $0 }
      #expect(try await run("openssl", other).output.contains("no application protocol"))
    }
  }

  @Test func `nobody renegotiates`() async throws {
    try await withServer(Self.hello) { _, address in
      let result = try await run(
        "openssl",
        ["s_client", "-connect", "127.0.0.1:\(address.port)", "-tls1_2", "-legacy_renegotiation"],
        input: "R\n")
      #expect(result.output.contains("no renegotiation"))
    }
  }
}
