import Foundation
import JobStoreBench
import Testing

/// Two serving and three working processes that share nothing but a PostgreSQL database.
@Suite(.serialized)
struct FleetJourney {
  @Test func `any one of them is killed, and every accepted job ends once`() throws {
    let fleet = try Fleet()
    let models = try Client(port: fleet.servers[0].port).get("/v1/models").json()
    let first = try #require((models["data"] as? [[String: Any]])?.first)
    #expect((first["hash"] as? String)?.count == 64)
    #expect((models["judges"] as? [Any])?.count == 3)

    var accepted: [String] = []
    for number in 0..<6 {
      accepted.append(try fleet.submit(number, to: fleet.servers[number % 2]))
    }
    try eventually { try fleet.cluster.query(Self.running, in: fleet.url) != "0" }
    fleet.workers.removeFirst().crash()
    fleet.servers.removeFirst().crash()
    for number in 6..<9 { accepted.append(try fleet.submit(number, to: fleet.servers[0])) }
    try fleet.cluster.crash()
    try fleet.cluster.start()
    for number in 9..<12 { accepted.append(try fleet.submit(number, to: fleet.servers[0])) }

    let client = Client(port: fleet.servers[0].port)
    for identifier in accepted {
      try eventually {
        try client.get("/v1/edits/\(identifier)").json()["state"] as? String == "succeeded"
      }
      #expect(try client.get("/v1/edits/\(identifier)/images/0").status == 200)
    }
    #expect(Set(accepted).count == 12)
    #expect(try fleet.cluster.query("SELECT count(*) FROM jobs", in: fleet.url) == "12")
    let ends = "SELECT count(*) FROM job_events WHERE kind LIKE '%succeeded%'"
    #expect(try fleet.cluster.query(ends, in: fleet.url) == "12")
    // An orderly end: each says so by its status.
    for process in fleet.servers + fleet.workers { #expect(process.terminate() == 0) }
    #expect(try fleet.cluster.query("SELECT count(*) FROM workers", in: fleet.url) == "1")
  }

  @Test func `a worker that slept through its lease writes nothing when it wakes`() throws {
    let fleet = try Fleet(workers: 1, servers: 1)
    let identifier = try fleet.submit(1, to: fleet.servers[0], steps: 30, candidates: 5)
    try eventually { try fleet.cluster.query(Self.running, in: fleet.url) == "1" }
    let sleeper = fleet.workers[0]
    kill(sleeper.identifier, SIGSTOP)
    try fleet.addWorker()
    let client = Client(port: fleet.servers[0].port)
    try eventually {
      try client.get("/v1/edits/\(identifier)").json()["state"] as? String == "succeeded"
    }
    let before = try client.get("/v1/edits/\(identifier)").body
    kill(sleeper.identifier, SIGCONT)
    let log = sleeper.dataDirectory + ".log"
    try eventually {
      try String(contentsOfFile: log, encoding: .utf8).contains("lease lost")
    }
    #expect(try client.get("/v1/edits/\(identifier)").body == before)
    let job = try client.get("/v1/edits/\(identifier)").json()
    #expect(job["attempt"] as? Int == 2)
    let ends = "SELECT count(*) FROM job_events WHERE kind LIKE '%succeeded%'"
    #expect(try fleet.cluster.query(ends, in: fleet.url) == "1")
  }

  private static let running = "SELECT count(*) FROM jobs WHERE state = 'running'"
}
