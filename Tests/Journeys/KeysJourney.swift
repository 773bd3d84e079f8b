import Foundation
import Synchronization
import TestSupport
import Testing

@Suite(.serialized)
struct KeysJourney {
  /// A keys file made by the command, and the secrets that it printed.
  private struct Keys {
    let file: String
    var secrets: [String: String] = [:]

    mutating func create(_ id: String, _ options: String...) throws {
      let printed = try Server.run(["keys", "create", id, "--keys", file] + options)
      secrets[id] = printed.trimmingCharacters(in: .newlines)
    }

    func header(_ id: String) -> [String: String] {
      ["Authorization": "Bearer \(secrets[id] ?? "none")"]
    }
  }

  @Test func `two keys, their jobs and an admin, with keys that change while requests run`() throws
  {
    let scratch = try ScratchFolder()
    var keys = Keys(file: scratch.path + "/keys.yaml")
    try keys.create("alpha")
    try keys.create("beta", "--jobs-in-flight", "5", "--note", "the second")
    try keys.create("root", "--scope", "admin")
    let server = try Server(
      dataDirectory: scratch.path + "/data", arguments: ["--keys", keys.file])
    let client = Client(port: server.port)
    func status(_ method: String, _ path: String, _ id: String?) throws -> Int {
      try client.send(method, path, headers: id.map(keys.header) ?? [:]).status
    }

    let path = try submit(client, keys.header("alpha"))
    #expect(try status("GET", path, nil) == 401)
    #expect(try status("GET", path, "beta") == 404)
    #expect(try status("DELETE", path, "beta") == 404)
    #expect(try status("GET", path + "/images/0", "beta") == 404)
    #expect(try status("GET", path, "root") == 200)
    #expect(try status("GET", "/metrics", nil) == 401)
    #expect(try status("GET", "/metrics", "beta") == 200)
    #expect(try status("GET", "/livez", nil) == 200)

    let polls = Polls()
    polls.start(client, path, keys.header("alpha"))
    // A new key works after a reload, a disabled one no longer.
    try keys.create("gamma")
    #expect(try status("GET", "/v1/edits", "gamma") == 401)
    try reload(server) { try status("GET", "/v1/edits", "gamma") == 200 }
    _ = try Server.run(["keys", "disable", "beta", "--keys", keys.file])
    try reload(server) { try status("GET", "/v1/edits", "beta") == 401 }
    // A broken file changes nothing.
    try Data("keys: [oh".utf8).write(to: URL(fileURLWithPath: keys.file))
    try reload(server) { try log(server).contains("keys not reloaded") }
    #expect(try status("GET", "/v1/edits", "gamma") == 200)
    let answers = polls.stop()
    #expect(answers.count > 10 && answers.allSatisfy { $0 == 200 })

    try eventually("its end") {
      let job = try client.get(path + "?wait=60", headers: keys.header("root")).json()
      return job["state"] as? String == "succeeded"
    }
    #expect(server.terminate() == 0)
    let text = try log(server)
    for (id, secret) in keys.secrets {
      #expect(secret.wholeMatch(of: #/byteedit_[0-9a-f]{64}/#) != nil, "\(id)")
      #expect(!text.contains(secret), "\(id)'s secret is in the log")
    }
    #expect(text.contains("\"key_id\":\"alpha\"") && text.contains("\"reason\":\"missing\""))
  }

  @Test func `the keys command shows states and no secrets, and refuses what is wrong`() throws {
    let scratch = try ScratchFolder()
    var keys = Keys(file: scratch.path + "/keys.json")
    try keys.create("one", "--expires-in-days", "30", "--requests-per-minute", "9")
    try keys.create("two", "--owner", "one", "--scope", "read")
    _ = try Server.run(["keys", "disable", "two", "--keys", keys.file])
    let list = try Server.run(["keys", "list", "--keys", keys.file])
    let rows = list.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(rows[1].starts(with: ["one", "active", "edit", "read", "one", "-", "9"]))
    #expect(rows[2].starts(with: ["two", "disabled", "read", "one"]))
    let file = try String(contentsOfFile: keys.file, encoding: .utf8)
    for secret in keys.secrets.values { #expect(!(file + list).contains(secret)) }
    for wrong in [
      ["create", "one"], ["create", "Not a name"], ["create", "x", "--scope", "write"],
      ["create", "x", "--jobs-in-flight", "0"], ["disable", "nobody"],
    ] {
      #expect(throws: JourneyError.self) {
        try Server.run(["keys"] + wrong + ["--keys", keys.file])
      }
    }
    #expect(try String(contentsOfFile: keys.file, encoding: .utf8) == file)
  }

  @Test func `without keys no address beyond this machine is served, with keys it is`() throws {
    let scratch = try ScratchFolder()
    #expect(throws: JourneyError.self) {
      try Server.run(["serve", "--host", "0.0.0.0", "--port", "0", "--data-dir", scratch.path])
    }
    var keys = Keys(file: scratch.path + "/keys.yaml")
    try keys.create("alpha")
    let server = try Server(
      dataDirectory: scratch.path + "/data",
      arguments: ["--host", "0.0.0.0", "--keys", keys.file])
    #expect(try Client(port: server.port).get("/v1/models").status == 401)
    #expect(server.terminate() == 0)
  }

  private func submit(_ client: Client, _ headers: [String: String]) throws -> String {
    let answer = try client.post(
      "/v1/edits", fields: ["prompt": "a house", "seed": "3", "n": "4", "steps": "30"],
      files: ["image": try Picture.scene(), "mask": try Picture.mask()], headers: headers)
    #expect(answer.status == 202)
    return "/v1/edits/" + (try #require(try answer.json()["id"] as? String))
  }

  private func log(_ server: Server) throws -> String {
    try String(contentsOfFile: server.dataDirectory + ".log", encoding: .utf8)
  }

  /// Sends SIGHUP and waits for what it shall bring about.
  private func reload(_ server: Server, until isInForce: () throws -> Bool) throws {
    kill(server.identifier, SIGHUP)
    for _ in 0..<200 {
      if try isInForce() { return }
      usleep(50_000)
    }
    throw JourneyError("the keys were not reloaded")
  }
}

/// Asks for the same thing over and over, on a thread of its own.
private final class Polls: Sendable {
  private let state = Mutex((isStopped: false, statuses: [Int]()))
  private let done = DispatchSemaphore(value: 0)

  func start(_ client: Client, _ path: String, _ headers: [String: String]) {
    Thread.detachNewThread { [self] in
      while !state.withLock({ $0.isStopped }) {
        let status = (try? client.get(path, headers: headers).status) ?? 0
        state.withLock { $0.statuses.append(status) }
      }
      done.signal()
    }
  }

  func stop() -> [Int] {
    state.withLock { $0.isStopped = true }
    done.wait()
    return state.withLock { $0.statuses }
  }
}
