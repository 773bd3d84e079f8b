import Foundation
import TestSupport
import Testing

@Suite(.serialized)
struct OperationsJourney {
  private func run(_ arguments: String...) throws -> String { try Server.run(arguments) }

  private func object(_ text: String) throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
    return try #require(value as? [String: Any])
  }

  private func submit(_ client: Client, steps: String = "1") throws -> String {
    let answer = try client.post(
      "/v1/edits", fields: ["prompt": "a house", "seed": "3", "steps": steps],
      files: ["image": try Picture.scene(), "mask": try Picture.mask()])
    return try #require(try answer.json()["id"] as? String)
  }

  private func wait(_ id: String, for state: String, _ client: Client) throws {
    for _ in 0..<60 {
      let job = try client.get("/v1/edits/\(id)?wait=5").json()
      if job["state"] as? String == state { return }
    }
    throw JourneyError("\(id) never became \(state)")
  }

  @Test func `jobs are listed, cancelled, retried and purged beside the service`() throws {
    let scratch = try ScratchFolder()
    let data = scratch.path + "/data"
    let server = try Server(dataDirectory: data)
    let client = Client(port: server.port)
    // The first one keeps the only worker busy while the second waits.
    let busy = try submit(client, steps: "100")
    let id = try submit(client)
    #expect(try run("jobs", "cancel", "--data-dir", data, id).contains("canceled"))
    #expect(try client.get("/v1/edits/\(id)").json()["state"] as? String == "canceled")
    let again = try object(run("jobs", "retry", "--data-dir", data, "--json", id))
    let retried = try #require(again["id"] as? String)
    _ = try? run("jobs", "cancel", "--data-dir", data, busy)
    try wait(retried, for: "succeeded", client)
    let table = try run("jobs", "list", "--data-dir", data)
    for job in [busy, id, retried] { #expect(table.contains(job)) }
    #expect(!table.contains("a house"), "what a caller typed is not in the list")
    let details = try run("jobs", "show", "--data-dir", data, retried)
    #expect(details.contains("a house") && details.contains("candidate"))

    let plan = try object(run("jobs", "purge", "--data-dir", data, "--older-than", "0s", "--json"))
    #expect((plan["jobs"] as? Int ?? 0) >= 2 && plan["purged"] as? Bool == false)
    #expect(try client.get("/v1/edits/\(retried)").status == 200)
    #expect(
      try run("jobs", "purge", "--data-dir", data, "--older-than", "0s", "--yes")
        .contains("the running service removes the files"))
    #expect(try client.get("/v1/edits/\(retried)").status == 410)
    #expect(throws: JourneyError.self) { try run("jobs", "show", "--data-dir", data, retried) }
    #expect(server.terminate() == 0)
    #expect(
      try run("jobs", "purge", "--data-dir", data, "--older-than", "0s", "--yes")
        .hasPrefix("purged 0 jobs"))
  }

  @Test func `SIGHUP puts a shorter queue into force and ends nothing`() throws {
    let scratch = try ScratchFolder()
    let data = scratch.path + "/data"
    let file = scratch.path + "/settings.yaml"
    try "queue_limit: 100\n".write(toFile: file, atomically: true, encoding: .utf8)
    let server = try Server(dataDirectory: data, arguments: ["--config", file])
    try "queue_limit: 1\nworkers: 2\n".write(toFile: file, atomically: true, encoding: .utf8)
    kill(server.identifier, SIGHUP)
    var log = ""
    for _ in 0..<200 where !log.contains("need a restart") {
      usleep(50_000)
      log = try String(contentsOfFile: data + ".log", encoding: .utf8)
    }
    #expect(log.contains("\"changed\":\"queue_limit\""))
    #expect(log.contains("\"settings\":\"workers\""))
    let client = Client(port: server.port)
    _ = try submit(client, steps: "100")
    var statuses: Set<Int> = []
    for _ in 0..<3 {
      statuses.insert(
        try client.post(
          "/v1/edits", fields: ["prompt": "a house", "steps": "100"],
          files: ["image": try Picture.scene(), "mask": try Picture.mask()]
        ).status)
    }
    #expect(statuses.contains(503), "the queue is full at one")
    server.crash()
  }

  @Test func `the doctor and the health check say how a service is`() throws {
    let scratch = try ScratchFolder()
    let data = scratch.path + "/data"
    let server = try Server(dataDirectory: data)
    let url = "http://127.0.0.1:\(server.port)/readyz"
    #expect(try run("health", url).contains("\"status\":\"ok\""))
    let diagnosis = try object(run("doctor", "--json", "--data-dir", data))
    let findings = try #require(diagnosis["findings"] as? [[String: Any]])
    let details = Dictionary(
      findings.compactMap { finding in
        (finding["check"] as? String).map { ($0, finding["detail"] as? String ?? "") }
      }, uniquingKeysWith: { $1 })
    let models = try Client(port: server.port).get("/v1/models").json()["data"] as? [[String: Any]]
    let hash = try #require(models?.first?["hash"] as? String)
    #expect(details["model"]?.contains(hash) == true)
    #expect(details["job store"]?.contains("process \(server.identifier) holds it") == true)
    #expect(details["blas"]?.isEmpty == false && details["fsync"]?.isEmpty == false)
    #expect(server.terminate() == 0)
    #expect(throws: JourneyError.self) { try run("health", url) }
    #expect(throws: JourneyError.self) { try run("doctor", "--model", "/nowhere") }
  }
}
