import Access
import Foundation
import Jobs
import TestSupport
import Testing

@Suite struct `The keys file` {
  private let digest = String(repeating: "0a", count: 32)

  private var everything: APIKey {
    get throws {
      var key = APIKey(
        id: "shop", digest: try #require(KeyDigest(digest)), owner: "shared",
        scopes: [.read, .edit])
      key.quota = KeyQuota(jobsInFlight: 8, requestsPerMinute: 120)
      key.createdAt = Timestamp(rfc3339: "2026-01-02T03:04:05Z")
      key.expiresAt = Timestamp(rfc3339: "2027-01-02T03:04:05Z")
      key.isDisabled = true
      key.note = "The \"shop\": a backslash \\, a\nline, ünïcödé, # no comment"
      return key
    }
  }

  private func expectEqual(_ left: APIKey, _ right: APIKey) {
    #expect(left.id == right.id && left.owner == right.owner && left.scopes == right.scopes)
    #expect(left.digest.description == right.digest.description)
    #expect(left.quota == right.quota && left.createdAt == right.createdAt)
    #expect(left.expiresAt == right.expiresAt && left.isDisabled == right.isDisabled)
    #expect(left.note == right.note)
  }

  @Test(arguments: [false, true])
  func `what is written is read again, as YAML and as JSON`(asJSON: Bool) throws {
    let plain = APIKey(
      id: "plain", digest: try #require(KeyDigest(String(repeating: "1", count: 64))),
      scopes: [.admin])
    let text = try KeyFile([try everything, plain]).text(asJSON: asJSON)
    let again = try KeyFile(text: text).keys
    #expect(again.count == 2)
    expectEqual(again[0], try everything)
    expectEqual(again[1], plain)
    #expect((try? JSONSerialization.jsonObject(with: Data(text.utf8))) != nil || !asJSON)
    #expect(try KeyFile(text: KeyFile().text(asJSON: asJSON)).keys.isEmpty)
  }

  @Test func `a person's YAML is read, comments and all`() throws {
    let file = try KeyFile(
      text: """
        # For the shop.
        keys:
          - id: shop
            sha256: \(String(repeating: "1", count: 64))   # all decimal
            scopes: [edit, read]
            expires: 2027-01-02T03:04:05Z
            requests_per_minute: 120
        """)
    #expect(file.keys[0].expiresAt == Timestamp(rfc3339: "2027-01-02T03:04:05Z"))
    #expect(file.keys[0].quota == KeyQuota(requestsPerMinute: 120))
    #expect(file.keys[0].owner == "shop")
  }

  @Test(arguments: [
    ("", "a list named 'keys'"), ("keys: 1", "a list named 'keys'"),
    ("keys: []\nmore: 1", "a list named 'keys'"), ("keys: [", "flow node"),
    ("keys:\n  - 1", "mapping"),
    ("keys:\n  - {id: A, sha256: D, scopes: [read]}", "line 2: 'id'"),
    ("keys:\n  - {sha256: D, scopes: [read]}", "'id'"),
    ("keys:\n  - {id: a, sha256: 00, scopes: [read]}", "'sha256'"),
    ("keys:\n  - {id: a, secret: x, sha256: D, scopes: [read]}", "'secret' is no field"),
    ("keys:\n  - {id: a, sha256: D}", "'scopes'"),
    ("keys:\n  - {id: a, sha256: D, scopes: []}", "'scopes'"),
    ("keys:\n  - {id: a, sha256: D, scopes: read}", "'scopes'"),
    ("keys:\n  - {id: a, sha256: D, scopes: [write]}", "'scopes'"),
    ("keys:\n  - {id: a, sha256: D, scopes: [read], jobs_in_flight: 0}", "'jobs_in_flight'"),
    ("keys:\n  - {id: a, sha256: D, scopes: [read], requests_per_minute: many}", "'requests_per"),
    ("keys:\n  - {id: a, sha256: D, scopes: [read], expires: tomorrow}", "'expires'"),
    ("keys:\n  - {id: a, sha256: D, scopes: [read], disabled: perhaps}", "'disabled'"),
    ("keys:\n  - {id: a, sha256: D, scopes: [read], owner: ''}", "'owner'"),
    (
      "keys:\n  - {id: a, sha256: D, scopes: [read]}\n  - {id: a, sha256: E, scopes: [read]}", "'a'"
    ),
    (
      "keys:\n  - {id: a, sha256: D, scopes: [read]}\n  - {id: b, sha256: D, scopes: [read]}",
      "same"
    ),
  ])
  func `a file with a fault is refused whole, with the reason`(
    _ text: String, _ reason: String
  ) throws {
    let whole = text.replacing("sha256: D", with: "sha256: \(digest)")
      .replacing("sha256: E", with: "sha256: \(String(digest.reversed()))")
    let error = #expect(throws: KeyFileError.self) { try KeyFile(text: whole) }
    guard case .invalid(let found)? = error else { return }
    #expect(found.contains(reason))
  }

  @Test func `an update makes the file, for its owner alone, and leaves nothing beside it`() throws
  {
    let scratch = try ScratchFolder()
    let folder = scratch.path
    let path = folder + "/keys.yaml"
    let key = try everything
    try KeyFile.update(path: path) { keys throws(KeyFileError) in try keys.add(key) }
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    // Whoever could read the file before can read it afterwards, by a link too.
    let link = folder + "/link"
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
    try KeyFile.update(path: link) { keys throws(KeyFileError) in try keys.disable(key.id) }
    #expect(
      try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
    try FileManager.default.removeItem(atPath: link)
    let before = try String(contentsOfFile: path, encoding: .utf8)
    #expect(throws: KeyFileError.self) {
      try KeyFile.update(path: path) { keys throws(KeyFileError) in try keys.disable("nobody") }
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["keys.yaml"])
    #expect(throws: KeyFileError.self) { try KeyFile(path: folder + "/none.yaml") }
  }

  @Test func `updates at the same time lose nothing`() async throws {
    let scratch = try ScratchFolder()
    let folder = scratch.path
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<20 {
        group.addTask {
          guard let digest = KeyDigest(of: .random()) else { return }
          let key = APIKey(id: "key-\(index)", digest: digest, scopes: [.read])
          try KeyFile.update(path: folder + "/keys.json") { keys throws(KeyFileError) in
            try keys.add(key)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try KeyFile(path: folder + "/keys.json").keys.count == 20)
  }
}
