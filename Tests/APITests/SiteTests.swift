import API
import HTTP
import HTTPTypes
import Testing

@Suite struct `Other sites' pages` {
  @Test(arguments: [
    ("127.0.0.1:8080", 200), ("localhost", 200), ("LOCALHOST:80", 200), ("[::1]:8080", 200),
    ("127.8.9.1", 200), ("evil.example", 403), ("evil.example:8080", 403), ("192.0.2.1", 403),
    ("localhost.evil.example", 403), ("127.0.0.1.evil.example", 403), ("127.1", 403), ("", 403),
    ("edit.example.org", 200), ("Edit.Example.org:443", 200), ("example.org", 403),
  ])
  func `without keys a host that is not this machine's is refused`(
    _ host: String, _ status: Int
  ) async throws {
    let service = try TestService(policy: .thisMachine(publicURL: "https://edit.example.org/a"))
    let answer = try await service.call(.get, "/v1/edits", [.hostField: host])
    #expect(answer.status == status)
    guard status == 403 else { return }
    #expect(answer["type"] == "urn:byteedit:problem:foreign-site")
    // Probes come by whatever name the orchestrator has for it.
    #expect(try await service.call(.get, "/livez", [.hostField: host]).status == 200)
  }

  @Test(arguments: [
    ("http://127.0.0.1:8080", 404), ("http://localhost:3000", 404), ("http://[::1]", 404),
    ("https://evil.example", 403), ("null", 403), ("http://127.0.0.1.evil.example", 403),
  ])
  func `without keys a change that another site's page asks for is refused`(
    _ origin: String, _ status: Int
  ) async throws {
    let service = try TestService()
    let path = "/v1/edits/edit_0123456789abcdefghjkmnpqrs"
    let fields: HTTPFields = [.hostField: "localhost", .origin: origin]
    #expect(try await service.call(.delete, path, fields).status == status)
    #expect(try await service.call(.get, path, fields).status == 404)
  }

  @Test func `where everybody may in, or keys are asked for, names do not matter`() async throws {
    let fields: HTTPFields = [.hostField: "edit.example", .origin: "https://app.example"]
    let open = try TestService(policy: .everybody)
    #expect(try await open.call(.get, "/v1/edits", fields).status == 200)
    let guarded = try GuardedService()
    #expect(try await guarded.call(.get, "/v1/edits", as: "a", fields).status == 200)
  }
}
