import API
import Access
import FoundationEssentials
import HTTP
import HTTPTypes
import Jobs
import Logging
import Observability
import Sockets
import TestSupport
import Testing

@Suite struct `Audit` {
  @Test func `what callers change is written down, and what they look at is not`() async throws {
    let guarded = try GuardedService()
    let job = try await guarded.submit(as: "a", [.requestID: "mine"])
    _ = try await guarded.call(.get, "/v1/edits/\(job.id)", as: "a")
    _ = try await guarded.call(.delete, "/v1/edits/\(job.id)", as: "root")
    let lines = try guarded.lines("message", "request").filter { $0["outcome"] != nil }
    #expect(lines.count == 2)
    #expect(lines[0]["key_id"] == "a" && lines[0]["method"] == "POST")
    #expect(lines[0]["outcome"] == "202" && lines[0]["job_id"]?.text == job.id)
    #expect(lines[0]["request_id"] == "mine" && lines[0]["path"] == "/v1/edits")
    #expect(lines[1]["key_id"] == "root" && lines[1]["method"] == "DELETE")
    #expect(lines[1]["job_id"]?.text == job.id)
  }

  @Test func `a denied request is written down with its reason and address`() async throws {
    let guarded = try GuardedService { keys in
      keys[2].isDisabled = true
    } configure: {
      $0.trustedProxies = [(try? NetworkRange("10.0.0.1"))].compactMap(\.self)
    }
    let proxy = SocketAddress(numeric: "10.0.0.1")
    let client: HTTPFields = [.xForwardedFor: "192.0.2.1"]
    _ = try await guarded.call(.get, "/v1/edits", as: "a", client, from: proxy)
    _ = try await guarded.call(.get, "/v1/edits", as: "edit", client, from: proxy)
    _ = try await guarded.call(.get, "/v1/edits", as: "nobody", client, from: proxy)
    let lines = try guarded.lines("outcome", "denied")
    #expect(lines.map { $0["key_id"]?.text } == ["a", "edit", "-"])
    #expect(lines.map { $0["reason"]?.text } == ["disabled", "scope", "missing"])
    #expect(lines.allSatisfy { $0["address"] == "192.0.2.1" && $0["proxy"] == "10.0.0.1" })
    let metrics = try await guarded.call(.get, "/metrics", as: "read")
    let text = String(decoding: metrics.bytes, as: UTF8.self)
    #expect(text.contains("byteedit_requests_denied_total{reason=\"scope\"} 1\n"))
    #expect(text.contains("byteedit_requests_denied_total{reason=\"expired\"} 0\n"))
    #expect(text.contains("byteedit_keys_active 4\n"))
  }

  @Test func `who guesses is soon neither answered nor written down, and a key still works`()
    async throws
  {
    let guarded = try GuardedService()
    let (a, b) = (SocketAddress(numeric: "192.0.2.1"), SocketAddress(numeric: "192.0.2.2"))
    var statuses: [Int] = []
    for _ in 0..<65 {
      let guess: HTTPFields = [.authorization: "Bearer \(KeySecret.random().text)"]
      statuses.append(try await guarded.service.call(.get, "/v1/edits", guess, from: a).status)
    }
    #expect(statuses.prefix(60).allSatisfy { $0 == 401 })
    #expect(statuses.dropFirst(60) == [429, 429, 429, 429, 429])
    #expect(try guarded.lines("outcome", "denied").count == 60)
    #expect(try await guarded.call(.get, "/v1/edits", as: "a", from: a).status == 200)
    #expect(try await guarded.call(.get, "/v1/edits", as: "nobody", from: b).status == 401)
    guarded.time.advance(by: .seconds(1))
    #expect(try await guarded.call(.get, "/v1/edits", as: "nobody", from: a).status == 401)
  }

  @Test func `no log line holds a secret`() async throws {
    let guarded = try GuardedService()
    _ = try await guarded.submit(as: "a")
    _ = try await guarded.call(.get, "/v1/edits", as: "edit")
    let unknown = KeySecret.random()
    for value in ["Bearer \(unknown.text)", "Basic \(unknown.text)", unknown.text] {
      _ = try await guarded.service.call(.get, "/v1/edits", [.authorization: value])
    }
    #expect(guarded.sink.lines.count >= 5)
    let secrets = guarded.secrets.values.map(\.text) + [unknown.text]
    for line in guarded.sink.lines { #expect(!secrets.contains { line.contains($0) }) }
  }

  @Test func `changed keys hold from the next request on, and a broken file changes nothing`()
    async throws
  {
    let guarded = try GuardedService()
    let scratch = try ScratchFolder()
    let path = scratch.path + "/keys"
    let registry = PrometheusRegistry()
    let settings = LogSettings(sink: guarded.sink)
    let reload = KeyReload(
      keys: guarded.ring, path: path,
      logger: Logger(label: "audit") { ServiceLogHandler(label: $0, settings: settings) },
      metrics: registry)
    var keys = KeyFile()
    let b = try #require(guarded.ring.all.first { $0.id == "b" })
    try keys.add(b)
    try Data(keys.text(asJSON: false).utf8).write(to: URL(fileURLWithPath: path))
    reload.run()
    #expect(try await guarded.call(.get, "/v1/edits", as: "a").status == 401)
    #expect(try await guarded.call(.get, "/v1/edits", as: "b").status == 200)
    try Data("keys: [broken".utf8).write(to: URL(fileURLWithPath: path))
    reload.run()
    #expect(try await guarded.call(.get, "/v1/edits", as: "b").status == 200)
    try FileManager.default.removeItem(atPath: path)
    reload.run()
    #expect(try await guarded.call(.get, "/v1/edits", as: "b").status == 200)
    let outcomes = guarded.sink.lines.filter { $0.contains("reloaded") }
    #expect(outcomes.count == 3)
    #expect(outcomes[1].contains("\"outcome\":\"failed\"") && outcomes[1].contains("not valid"))
    let text = await registry.exposition()
    #expect(text.contains("byteedit_key_reloads_total{outcome=\"done\"} 1\n"))
    #expect(text.contains("byteedit_key_reloads_total{outcome=\"failed\"} 2\n"))
  }

  @Test func `the address behind a trusted proxy is what uploads are limited by`() async throws {
    let service = try TestService {
      $0.submissionsPerAddress = 1
      $0.trustedProxies = [(try? NetworkRange("10.0.0.0/8"))].compactMap(\.self)
    }
    let proxy = try #require(SocketAddress(numeric: "10.0.0.1"))
    let held = HeldBody()
    func submit(for client: String, from peer: SocketAddress) async throws -> Int {
      let fields: HTTPFields = [.contentType: "application/json", .xForwardedFor: client]
      return try await service.call(.post, "/v1/edits", fields, from: peer, source: held).status
    }
    let first = Task { try await submit(for: "192.0.2.1", from: proxy) }
    while await held.waiting < 1 { await Task.yield() }
    // The same client again, whatever it makes up before its own address.
    #expect(try await submit(for: "192.0.2.1", from: proxy) == 429)
    #expect(try await submit(for: "198.51.100.9, 192.0.2.1", from: proxy) == 429)
    let second = Task { try await submit(for: "192.0.2.2", from: proxy) }
    while await held.waiting < 2 { await Task.yield() }
    // Nobody but a proxy can speak for others.
    let liar = try #require(SocketAddress(numeric: "203.0.113.1"))
    let third = Task { try await submit(for: "192.0.2.3", from: liar) }
    while await held.waiting < 3 { await Task.yield() }
    #expect(try await submit(for: "192.0.2.4", from: liar) == 429)
    await held.release()
    for task in [first, second, third] { #expect(try await task.value == 400) }
  }
}
