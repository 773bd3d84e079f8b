import API
import HTTP
import HTTPTypes
import JobStoreSQLite
import Jobs
import Sockets
import Testing
import Yams

@Suite struct `Service` {
  @Test func `a service that nobody holds is gone, and its files are closed`() async throws {
    weak var store: SQLiteJobStore?
    do {
      let service = try TestService()
      store = service.store
      #expect(try await service.call(.get, "/v1/edits").status == 200)
      #expect(store != nil)
    }
    #expect(store == nil)
  }

  @Test func `the document describes exactly the routes there are`() throws {
    let service = try TestService()
    let text = String(decoding: OpenAPIDocument.bytes, as: UTF8.self)
    let document = try #require(try Yams.load(yaml: text) as? [String: Any])
    let paths = try #require(document["paths"] as? [String: [String: Any]])
    let verbs: Set = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]
    let described = paths.flatMap { path, item in
      item.keys.filter(verbs.contains).map { "\($0.uppercased()) \(path)" }
    }
    let served = service.api.routes.map { "\($0.method.rawValue) \($0.pattern)" }
    #expect(described.sorted() == served.sorted())
  }

  @Test func `the document's fields are the request's fields`() throws {
    let text = String(decoding: OpenAPIDocument.bytes, as: UTF8.self)
    let document = try #require(try Yams.load(yaml: text) as? [String: Any])
    let components = try #require(document["components"] as? [String: Any])
    let schemas = try #require(components["schemas"] as? [String: [String: Any]])
    var names = Set((schemas["EditFields"]?["properties"] as? [String: Any])?.keys.map { $0 } ?? [])
    for part in schemas["EditRequest"]?["allOf"] as? [[String: Any]] ?? [] {
      names.formUnion((part["properties"] as? [String: Any])?.keys.map { $0 } ?? [])
    }
    let expected =
      EditParameters.Name.allCases.map(\.rawValue) + WebhookSubscription.Name.all
      + ["image", "mask"]
    #expect(names == Set(expected))
  }

  @Test func `the document's fields of a score are the request's fields`() throws {
    let text = String(decoding: OpenAPIDocument.bytes, as: UTF8.self)
    let document = try #require(try Yams.load(yaml: text) as? [String: Any])
    let components = try #require(document["components"] as? [String: Any])
    let schemas = try #require(components["schemas"] as? [String: [String: Any]])
    for schema in ["ScoreRequest", "ScoreForm"] {
      var names = Set(
        (schemas["ScoreFields"]?["properties"] as? [String: Any])?.keys.map { $0 } ?? [])
      for part in schemas[schema]?["allOf"] as? [[String: Any]] ?? [] {
        names.formUnion((part["properties"] as? [String: Any])?.keys.map { $0 } ?? [])
      }
      #expect(names == Set(ScoreParameters.names + ["image", "mask"]))
    }
  }

  @Test func `the document's samplers are the request's samplers`() throws {
    let text = String(decoding: OpenAPIDocument.bytes, as: UTF8.self)
    let document = try #require(try Yams.load(yaml: text) as? [String: Any])
    let components = try #require(document["components"] as? [String: Any])
    let schemas = try #require(components["schemas"] as? [String: [String: Any]])
    let fields = try #require(schemas["EditFields"]?["properties"] as? [String: [String: Any]])
    let names = try #require(fields["sampler"]?["enum"] as? [String])
    #expect(names == EditParameters.Sampler.allCases.map(\.rawValue))
  }

  @Test func `the document is served with a tag`() async throws {
    let service = try TestService()
    let answer = try await service.call(.get, "/openapi.yaml")
    #expect(answer.fields[.contentType] == "application/yaml")
    #expect(answer.bytes == OpenAPIDocument.bytes)
    let tag = try #require(answer.fields[.eTag])
    let again = try await service.call(.get, "/openapi.yaml", [.ifNoneMatch: tag])
    #expect(again.status == 304)
  }

  @Test func `readiness asks the store and for a worker`() async throws {
    let service = try TestService()
    let before = try await service.call(.get, "/readyz")
    #expect(before.status == 503 && before["checks.worker"] == "none registered")
    try await service.store.register("w", description: .object([:]))
    #expect(try await service.call(.get, "/readyz").status == 200)
    #expect(try await service.call(.get, "/startupz").status == 503)
    service.health.started()
    #expect(try await service.call(.get, "/startupz").status == 200)
  }

  @Test func `models and metrics are told`() async throws {
    let service = try TestService()
    let models = try await service.call(.get, "/v1/models")
    #expect(models["data.0.id"] == "fake" && models["data.0.vocabulary.0"] == "cat")
    #expect(models["data.0.weights"] == "fp32")
    #expect(models["limits.pixels"] == 50_000_000 && models["engine.kernel_set"] == "plain")
    _ = try await service.submit(try .inpaint())
    let metrics = try await service.call(.get, "/metrics")
    let text = String(decoding: metrics.bytes, as: UTF8.self)
    #expect(text.contains("byteedit_queue_depth 1\n"))
    #expect(
      text.contains(
        #"http_server_request_duration_seconds_count{method="GET",route="/v1/models",status="200"} 1"#
      ))
  }

  @Test func `answers carry an id and are not sniffed`() async throws {
    let service = try TestService()
    let answer = try await service.call(.get, "/livez", [.requestID: "mine-1"])
    #expect(answer.fields[.requestID] == "mine-1")
    #expect(answer.fields[.contentTypeOptions] == "nosniff")
    let other = try await service.call(.get, "/livez", [.requestID: "not, mine"])
    #expect(other.fields[.requestID]?.count == 32)
  }

  @Test(arguments: ["/livez", "/v1/edits", "/v1/edits/none", "/nothing", "/openapi.yaml"])
  func `browsers are told to run, embed and keep nothing`(_ path: String) async throws {
    let answer = try await TestService().call(.get, path)
    let policy = try #require(answer.fields[.contentSecurityPolicy])
    #expect(policy.hasPrefix("default-src 'none';") && policy.contains("frame-ancestors 'none'"))
    #expect(answer.fields[.contentTypeOptions] == "nosniff")
    #expect(answer.fields[.referrerPolicy] == "no-referrer")
    #expect(answer.fields[.crossOriginResourcePolicy] == "same-origin")
    #expect(answer.fields[.cacheControl] != nil)
  }

  @Test func `without keys only this machine may listen`() throws {
    let local = try ["127.0.0.1", "::1"].map { try SocketAddress(host: $0, port: 80) }
    let all = try SocketAddress(host: "0.0.0.0", port: 80)
    #expect(throws: Never.self) {
      try BindPolicy.check(local, hasKeys: false, insecureNoAuth: false)
      try BindPolicy.check([all], hasKeys: true, insecureNoAuth: false)
      try BindPolicy.check([all], hasKeys: false, insecureNoAuth: true)
    }
    #expect(throws: BindPolicy.Refusal.self) {
      try BindPolicy.check(local + [all], hasKeys: false, insecureNoAuth: false)
    }
  }
}
