import API
import Access
import HTTP
import HTTPTypes
import Jobs
import Logging
import Observability
import Sockets
import Testing
import Yams

/// A service that asks for keys, with a clock that stands still and a log that can be read.
struct GuardedService {
  let secrets: [String: KeySecret]
  let ring: KeyRing
  let time = ManualTime(monotonic: .seconds(1000), wall: .seconds(1_767_225_600))
  let sink = MemorySink()
  let service: TestService

  /// `edit` and `read` hold those scopes alone, `a` and `b` both, `root` is admin.
  init(
    settings: JobStoreSettings = JobStoreSettings(),
    _ change: (inout [APIKey]) -> Void = { _ in },
    configure: (inout APIConfiguration) -> Void = { _ in }
  ) throws {
    let scopes: [(String, Set<Scope>)] = [
      ("edit", [.edit]), ("read", [.read]), ("a", [.edit, .read]), ("b", [.edit, .read]),
      ("root", [.admin]),
    ]
    var secrets: [String: KeySecret] = [:]
    var keys: [APIKey] = []
    for (id, scopes) in scopes {
      let secret = KeySecret.random()
      secrets[id] = secret
      keys.append(APIKey(id: id, digest: try #require(KeyDigest(of: secret)), scopes: scopes))
    }
    change(&keys)
    self.secrets = secrets
    ring = KeyRing(try KeyFile(keys))
    let log = LogSettings(level: .trace, sink: sink, time: time)
    let logger = Logger(label: "audit") { ServiceLogHandler(label: $0, settings: log) }
    service = try TestService(
      settings: settings, policy: .keys(ring), time: time, logger: logger, configure: configure)
  }

  func fields(_ id: String) -> HTTPFields {
    secrets[id].map { [.authorization: "Bearer \($0.text)"] } ?? [:]
  }

  func call(
    _ method: HTTPRequest.Method, _ path: String, as id: String, _ more: HTTPFields = [:],
    from peer: SocketAddress? = nil
  ) async throws -> Answer {
    try await service.call(method, path, fields(id).merged(with: more), from: peer)
  }

  func submit(as id: String, _ more: HTTPFields = [:]) async throws -> Answer {
    try await service.submit(try .inpaint(), fields(id).merged(with: more))
  }

  /// The lines of the audit log whose field has a value.
  func lines(_ name: String, _ value: String) throws -> [JSONValue] {
    try sink.lines.map { try JSONText.decode(JSONValue.self, from: $0) }
      .filter { $0[name]?.text == value && $0["key_id"] != nil }
  }
}

extension HTTPFields {
  func merged(with more: HTTPFields) -> HTTPFields {
    var all = self
    all.append(contentsOf: more)
    return all
  }
}

@Suite struct `Access` {
  @Test func `every operation asks for the scope that the document names`() async throws {
    let guarded = try GuardedService()
    let text = String(decoding: OpenAPIDocument.bytes, as: UTF8.self)
    let document = try #require(try Yams.load(yaml: text) as? [String: Any])
    let paths = try #require(document["paths"] as? [String: [String: Any]])
    for route in guarded.service.api.routes {
      let pattern = route.pattern.description
      let operation = paths[pattern]?[route.method.rawValue.lowercased()] as? [String: Any]
      let security = try #require(operation?["security"] as? [[String: [String]]])
      let documented = security.compactMap { $0["apiKey"]?.first }.first
      let path = pattern.replacing("{id}", with: "edit_0123456789abcdefghjkmnpqrs")
        .replacing("{k}", with: "0")
      let none = try await guarded.service.call(route.method, path)
      #expect((none.status == 401) == (documented != nil), "\(pattern)")
      guard let documented else { continue }
      for id in ["edit", "read", "root"] {
        let answer = try await guarded.call(route.method, path, as: id)
        let isAllowed = id == documented || id == "root"
        #expect((answer.status != 403) == isAllowed, "\(route.method) \(pattern) as \(id)")
        guard !isAllowed else { continue }
        #expect(answer.fields[.wwwAuthenticate]?.contains("scope=\"\(documented)\"") == true)
        #expect(
          (answer["detail"] ?? answer["error.message"])?.text?.contains("'\(documented)'") == true)
      }
      // Whoever may be asked for a key is told so by the document.
      let responses = try #require(operation?["responses"] as? [String: Any])
      #expect(Set(["400", "401", "403", "429"]).isSubset(of: responses.keys), "\(pattern)")
    }
  }

  @Test(
    arguments: [
      (nil, 401, nil), ("Basic dXNlcjpwYXNz", 401, nil), ("Bearer", 400, "invalid_request"),
      ("Bearer a b", 400, "invalid_request"), ("Bearer ä", 400, "invalid_request"),
      ("Bearer ===", 400, "invalid_request"), ("Bearer byteedit_0", 401, "invalid_token"),
      ("bearer byteedit_0=", 401, "invalid_token"), ("", 400, "invalid_request"),
    ] as [(String?, Int, String?)])
  func `without a key that is known nobody gets in, and is told why`(
    _ authorization: String?, _ status: Int, _ error: String?
  ) async throws {
    let guarded = try GuardedService()
    var fields = HTTPFields()
    if let authorization {
      fields.append(HTTPField(name: .authorization, value: authorization))
    }
    let answer = try await guarded.service.call(.get, "/v1/edits", fields)
    #expect(answer.status == status)
    #expect(answer.fields[.contentType] == "application/problem+json")
    let challenge = try #require(answer.fields[.wwwAuthenticate])
    #expect(challenge.hasPrefix("Bearer realm=\"byteedit\""))
    #expect(challenge.contains("error=") == (error != nil))
    if let error { #expect(challenge.hasSuffix("error=\"\(error)\"")) }
  }

  @Test func `a key is read from Authorization alone, once, whatever the scheme's case`()
    async throws
  {
    let guarded = try GuardedService()
    let secret = try #require(guarded.secrets["a"]).text
    func status(_ path: String, _ fields: HTTPFields) async throws -> Int {
      try await guarded.service.call(.get, path, fields).status
    }
    #expect(try await status("/v1/edits", [.authorization: "bEARER   \(secret)"]) == 200)
    #expect(try await status("/v1/edits?access_token=\(secret)", [:]) == 401)
    let twice = guarded.fields("a").merged(with: guarded.fields("a"))
    #expect(try await status("/v1/edits", twice) == 400)
  }

  @Test func `disabled and expired keys are refused, with the reason`() async throws {
    let guarded = try GuardedService { keys in
      for index in keys.indices where keys[index].id == "a" { keys[index].isDisabled = true }
      for index in keys.indices where keys[index].id == "b" {
        keys[index].expiresAt = Timestamp(milliseconds: 1_767_225_660_000)
      }
    }
    let disabled = try await guarded.call(.get, "/v1/edits", as: "a")
    #expect(disabled.status == 401 && disabled["detail"]?.text?.contains("disabled") == true)
    #expect(try await guarded.call(.get, "/v1/edits", as: "b").status == 200)
    guarded.time.advance(by: .seconds(60))
    let expired = try await guarded.call(.get, "/v1/edits", as: "b")
    #expect(expired.status == 401 && expired["detail"]?.text?.contains("expired") == true)
  }

  @Test func `others' jobs are unknown to a key in every way, and an admin sees all`() async throws
  {
    let guarded = try GuardedService()
    let job = try await guarded.submit(as: "a")
    #expect(job.status == 202)
    let path = "/v1/edits/\(job.id)"
    let unknown = "/v1/edits/edit_0123456789abcdefghjkmnpqrs"
    for (method, suffix) in [
      (HTTPRequest.Method.get, ""), (.get, "?wait=1"), (.delete, ""), (.get, "/images/0"),
      (.get, "/images/0/coherence"),
    ] {
      let foreign = try await guarded.call(method, path + suffix, as: "b")
      let missing = try await guarded.call(method, unknown + suffix, as: "b")
      #expect(foreign.status == 404 && foreign.bytes == missing.bytes)
    }
    #expect(try await guarded.call(.get, "/v1/edits", as: "b")["edits"] == .array([]))
    #expect(try await guarded.call(.get, path, as: "a")["state"] == "queued")
    #expect(try await guarded.call(.get, path, as: "root")["state"] == "queued")
    #expect(try await guarded.call(.get, "/v1/edits", as: "root")["edits.0.id"]?.text == job.id)
    #expect(try await guarded.call(.delete, path, as: "root")["state"] == "canceled")
  }

  @Test func `a job whose time is over is gone for its owner and unknown to others`() async throws {
    var settings = JobStoreSettings()
    settings.resultRetention = .zero
    let guarded = try GuardedService(settings: settings)
    let path = "/v1/edits/\(try await guarded.submit(as: "a").id)"
    _ = try await guarded.call(.delete, path, as: "a")
    // Told once, and remembered for who may hear it.
    for (caller, status) in [("a", 200), ("b", 404), ("root", 200)] {
      #expect(try await guarded.call(.get, path, as: caller).status == status)
    }
    #expect(try await guarded.service.store.tidy().jobsGone == 1)
    #expect(try await guarded.call(.get, path, as: "a").status == 410)
    #expect(try await guarded.call(.delete, path, as: "root").status == 410)
    #expect(try await guarded.call(.get, path, as: "b").status == 404)
    #expect(try await guarded.call(.delete, path, as: "b").status == 404)
  }

  @Test func `keys of one owner share its jobs, a reading one included`() async throws {
    let guarded = try GuardedService { keys in
      for index in keys.indices where ["a", "read"].contains(keys[index].id) {
        keys[index].owner = "shop"
      }
    }
    let job = try await guarded.submit(as: "a")
    #expect(try await guarded.call(.get, "/v1/edits/\(job.id)", as: "read").status == 200)
    #expect(try await guarded.call(.get, "/v1/edits/\(job.id)", as: "b").status == 404)
  }

  @Test func `idempotency keys of different callers do not meet`() async throws {
    let guarded = try GuardedService()
    let first = try await guarded.submit(as: "a", [.idempotencyKey: "k"])
    let second = try await guarded.submit(as: "b", [.idempotencyKey: "k"])
    let again = try await guarded.submit(as: "a", [.idempotencyKey: "k"])
    #expect(first.status == 202 && second.status == 202 && first.id != second.id)
    #expect(again.id == first.id && again.fields[.idempotencyReplayed] == "true")
  }

  @Test func `requests beyond a key's rate are 429 until the minute has room`() async throws {
    let guarded = try GuardedService { keys in
      for index in keys.indices { keys[index].quota.requestsPerMinute = 2 }
    }
    for _ in 0..<2 { #expect(try await guarded.call(.get, "/v1/edits", as: "a").status == 200) }
    let refused = try await guarded.call(.get, "/v1/models", as: "a")
    #expect(refused.status == 429 && refused.fields[.retryAfter] == "30")
    #expect(refused["type"] == "urn:byteedit:problem:quota-exceeded")
    #expect(try await guarded.call(.get, "/v1/edits", as: "b").status == 200)
    #expect(try await guarded.call(.get, "/livez", as: "a").status == 200)
    guarded.time.advance(by: .seconds(30))
    #expect(try await guarded.call(.get, "/v1/edits", as: "a").status == 200)
  }

  @Test func `jobs beyond a key's limit are 429 until one has ended`() async throws {
    let guarded = try GuardedService { keys in
      for index in keys.indices { keys[index].quota.jobsInFlight = 1 }
    }
    let job = try await guarded.submit(as: "a", [.idempotencyKey: "k"])
    #expect(job.status == 202)
    let refused = try await guarded.submit(as: "a")
    #expect(refused.status == 429 && refused["detail"]?.text?.contains("1 jobs") == true)
    let seconds = refused.fields[.retryAfter].flatMap { Int($0) } ?? 0
    #expect((1...120).contains(seconds))
    #expect(try await guarded.submit(as: "a", [.idempotencyKey: "k"]).id == job.id)
    #expect(try await guarded.submit(as: "b").status == 202)
    _ = try await guarded.call(.delete, "/v1/edits/\(job.id)", as: "a")
    #expect(try await guarded.submit(as: "a").status == 202)
  }
}
