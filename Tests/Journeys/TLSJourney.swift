import Foundation
import Sockets
import Synchronization
import TLS
import TestCertificates
import TestSupport
import Testing

@Suite(.serialized)
struct TLSJourney {
  private func run(_ arguments: String...) throws -> String { try Server.run(arguments) }

  private func log(_ server: Server) throws -> String {
    try String(contentsOfFile: server.dataDirectory + ".log", encoding: .utf8)
  }

  /// Sends SIGHUP and waits until the log has said something so many times.
  private func hangUp(_ server: Server, _ text: String, _ times: Int) throws {
    kill(server.identifier, SIGHUP)
    for _ in 0..<200 {
      if try log(server).components(separatedBy: text).count > times { return }
      usleep(50_000)
    }
    throw JourneyError("the log never said '\(text)' \(times) times")
  }

  private func arguments(_ folder: CertificateFolder) -> [String] {
    ["--tls-certificate", folder.file("server.pem"), "--tls-key", folder.file("server.key")]
  }

  @Test func `certificates change under load, and no request fails`() throws {
    let scratch = try ScratchFolder()
    let folder = try CertificateFolder()
    let server = try Server(
      dataDirectory: scratch.path + "/data", arguments: arguments(folder))
    let context = try TLSClientContext(trust: .file(folder.file("ca.pem")))
    let old = try SecureClient(server.port, context)
    #expect(try old.get("/livez") == 200)
    let first = try #require(old.certificate)
    let load = Load(server.port, context)
    load.start(threads: 2)

    var seen: Set = [first]
    for round in 1...3 {
      try folder.make("server", names: "IP:127.0.0.1")
      try hangUp(server, "TLS certificate in force", round + 1)
      let new = try SecureClient(server.port, context)
      #expect(try new.get("/livez") == 200)
      seen.insert(try #require(new.certificate))
    }
    #expect(seen.count == 4, "each reload was a new certificate")
    // A file that is broken, and one that does not fit, change nothing and are named.
    let good = try Data(contentsOf: URL(fileURLWithPath: folder.file("server.key")))
    try Data("nothing".utf8).write(to: URL(fileURLWithPath: folder.file("server.key")))
    try hangUp(server, "certificate not reloaded", 1)
    try folder.authority.writeKey(to: folder.file("server.key"))
    try hangUp(server, "certificate not reloaded", 2)
    #expect(try log(server).contains("holds no private key"))
    #expect(try log(server).contains("is not that of the first certificate"))
    let same = try SecureClient(server.port, context)
    #expect(try same.get("/livez") == 200)
    #expect(seen.contains(same.certificate ?? ""))
    try good.write(to: URL(fileURLWithPath: folder.file("server.key")))

    #expect(try old.get("/livez") == 200, "the connection of before goes on")
    try eventually { load.results.connections > 10 }
    let results = load.stop()
    #expect(results.requests > 100)
    #expect(results.failures == [])
    let metrics = try same.text("/metrics")
    #expect(metrics.contains("byteedit_tls_reloads_total{outcome=\"done\"} 3"))
    #expect(metrics.contains("byteedit_tls_reloads_total{outcome=\"failed\"} 2"))
    #expect(
      metrics.firstMatch(of: #/byteedit_tls_certificate_expiry_timestamp_seconds [1-9]/#) != nil)
    #expect(server.terminate() == 0)
  }

  @Test func `clients show certificates, probes come by the port of their own`() throws {
    let scratch = try ScratchFolder()
    let folder = try CertificateFolder()
    // Ready is asked over TLS first, which only a client with a certificate may do.
    let server = try Server(
      dataDirectory: scratch.path + "/data",
      arguments: arguments(folder) + [
        "--tls-client-ca", folder.file("ca.pem"), "--tls-client-certificates", "optional",
        "--management-port", "0",
      ])
    let authority = TLSClientContext.Trust.file(folder.file("ca.pem"))
    let identity = (certificate: folder.file("client.pem"), key: folder.file("client.key"))
    let known = try SecureClient(
      server.port, try TLSClientContext(trust: authority, identity: identity))
    #expect(try known.send("DELETE", "/v1/edits/edit_none") == 404)
    var line = ""
    for _ in 0..<100 where line.isEmpty {
      line =
        try log(server).split(separator: "\n").map(String.init)
        .first { $0.contains("/v1/edits/edit_none") && $0.contains("client_subject") } ?? ""
      usleep(20_000)
    }
    #expect(line.contains("CN=client") && line.contains("DNS:client.example"))
    #expect(line.firstMatch(of: #/"client_certificate":"[0-9a-f]{64}"/#) != nil)

    let stranger = try TestCertificate("Other Authority", isAuthority: true)
    try folder.make("stranger", by: stranger)
    let wrong = (certificate: folder.file("stranger.pem"), key: folder.file("stranger.key"))
    let unknown = try SecureClient(
      server.port, try TLSClientContext(trust: authority, identity: wrong))
    #expect(throws: SecureStreamError.self) { try unknown.get("/livez") }

    let url = "https://localhost:\(server.port)/readyz"
    #expect(try run("health", "--ca", folder.file("ca.pem"), url).contains("\"status\":\"ok\""))
    #expect(throws: JourneyError.self) { try run("health", url) }
    let text = try log(server)
    let match = try #require(text.firstMatch(of: #/http://127.0.0.1:(\d+)/#))
    let management = Client(port: try #require(UInt16(match.1)))
    #expect(try management.get("/readyz").status == 200)
    #expect(try management.get("/v1/edits").status == 404)
    let metrics = try management.get("/metrics")
    #expect(metrics.headers["strict-transport-security"] == nil)
    #expect(
      String(decoding: metrics.body, as: UTF8.self)
        .contains("byteedit_tls_handshakes_total{outcome=\"certificate\"} 1"))
    #expect(server.terminate() == 0)
  }

  @Test func `what is wrong with certificates is said before anything is served`() throws {
    let scratch = try ScratchFolder()
    let folder = try CertificateFolder()
    for options in [
      ["--tls-certificate", folder.file("server.pem")],
      ["--tls-certificate", folder.file("server.pem"), "--tls-key", folder.file("client.key")],
      arguments(folder) + ["--tls-client-certificates", "required"],
    ] {
      #expect(throws: JourneyError.self) {
        try Server.run(["serve", "--port", "0", "--data-dir", scratch.path + "/data"] + options)
      }
    }
  }
}

/// A client over TLS that keeps its connection.
private final class SecureClient {
  private var stream: SecureStream

  init(_ port: UInt16, _ context: TLSClientContext) throws {
    let descriptor = try Client(port: port).connect()
    stream = SecureStream(descriptor: descriptor, context: context, host: "127.0.0.1")
    try stream.handshake(until: .now + .seconds(20))
  }

  var certificate: String? { stream.peer?.certificate?.fingerprint }

  func get(_ path: String) throws -> Int { try send("GET", path) }

  /// The status of the answer, which must tell its length.
  func send(_ method: String, _ path: String) throws -> Int {
    let text = try exchange(method, path)
    return text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
  }

  func text(_ path: String) throws -> String { try exchange("GET", path) }

  private func exchange(_ method: String, _ path: String) throws -> String {
    let deadline = ContinuousClock.now + .seconds(20)
    let request = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    try stream.write(Array(request.utf8), until: deadline)
    var text = ""
    while !Self.isWhole(text) {
      guard let bytes = try stream.read(until: deadline) else {
        throw JourneyError("the connection ended in the middle of an answer")
      }
      text += String(decoding: bytes, as: UTF8.self)
    }
    return text
  }

  private static func isWhole(_ text: String) -> Bool {
    guard let head = text.range(of: "\r\n\r\n"),
      let length = text.firstMatch(of: #/Content-Length: (\d+)/#).flatMap({ Int($0.1) })
    else { return false }
    return text[head.upperBound...].utf8.count >= length
  }
}

/// Asks on, ten requests a connection, on threads of its own.
private final class Load: Sendable {
  struct Results {
    var connections = 0
    var requests = 0
    var failures: [String] = []
  }

  private let port: UInt16
  private let context: TLSClientContext
  private let state = Mutex((isStopped: false, running: 0, results: Results()))
  private let done = DispatchSemaphore(value: 0)

  init(_ port: UInt16, _ context: TLSClientContext) {
    (self.port, self.context) = (port, context)
  }

  func start(threads: Int) {
    state.withLock { $0.running = threads }
    for _ in 0..<threads {
      Thread.detachNewThread { [self] in
        while !state.withLock({ $0.isStopped }) { connect() }
        done.signal()
      }
    }
  }

  private func connect() {
    do {
      let client = try SecureClient(port, context)
      for _ in 0..<10 {
        let status = try client.get("/livez")
        guard status == 200 else { throw JourneyError("status \(status)") }
        state.withLock { $0.results.requests += 1 }
      }
      state.withLock { $0.results.connections += 1 }
    } catch {
      state.withLock { $0.results.failures.append("\(error)") }
    }
  }

  func stop() -> Results {
    let threads = state.withLock { state in
      state.isStopped = true
      return state.running
    }
    for _ in 0..<threads { done.wait() }
    return results
  }

  var results: Results { state.withLock { $0.results } }
}
