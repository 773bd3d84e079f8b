import Foundation
import JobStoreBench
import TestSupport
import Testing

/// What operators see of jobs: metrics by the names of docs/operations.md, and lines of the log that
/// belong together.
@Suite(.serialized)
struct MetricsJourney {
  private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
  private static let traceparent = "00-\(trace)-00f067aa0ba902b7-01"

  private func submit(
    _ fields: [String: String], to server: Server, headers: [String: String] = [:]
  ) throws -> String {
    let answer = try Client(port: server.port).post(
      "/v1/edits", fields: ["prompt": "a house", "seed": "3", "steps": "2"].merging(fields) { $1 },
      files: ["image": try Picture.scene(), "mask": try Picture.mask()], headers: headers)
    guard answer.status == 202 else { throw JourneyError("status \(answer.status)") }
    return try #require(try answer.json()["id"] as? String)
  }

  private func wait(_ id: String, for state: String, _ server: Server) throws {
    try eventually("\(id) \(state)") {
      // A long poll would come back at the job's end only.
      let wait = state == "running" ? "" : "?wait=5"
      let job = try Client(port: server.port).get("/v1/edits/\(id)\(wait)").json()
      return job["state"] as? String == state
    }
  }

  @Test func `ends, stages, scores and waits are counted as documented`() throws {
    let scratch = try ScratchFolder()
    let server = try Server(dataDirectory: scratch.path + "/data")
    let succeeded = try submit([:], to: server)
    try wait(succeeded, for: "succeeded", server)
    let failed = try submit(
      ["min_score": "1", "retries": "0", "below_min_score": "fail"], to: server)
    try wait(failed, for: "failed", server)
    let running = try submit(["steps": "150", "n": "10"], to: server)
    try wait(running, for: "running", server)
    let canceled = try submit(["task": "erase"], to: server)
    // The worker's thread counts a moment after the store knows.
    try eventually { try server.metrics().value("byteedit_jobs_in_flight") == 1 }
    #expect(try server.metrics().value("byteedit_queue_depth") == 1)
    let soon = ISO8601DateFormatter().string(from: .now.addingTimeInterval(5))
    let late = try submit(["deadline": soon], to: server)
    _ = try Client(port: server.port).delete("/v1/edits/\(canceled)")
    try wait(late, for: "expired", server)
    _ = try Client(port: server.port).delete("/v1/edits/\(running)")
    try wait(running, for: "canceled", server)
    try eventually { try server.metrics().value("byteedit_jobs_in_flight") == 0 }

    let metrics = try server.metrics()
    for (status, task, count) in [
      ("succeeded", "inpaint", 1), ("failed", "inpaint", 1), ("canceled", "inpaint", 1),
      ("canceled", "erase", 1), ("expired", "inpaint", 1), ("succeeded", "outpaint", 0),
    ] {
      let value = metrics.value("byteedit_jobs_total", ["status": status, "task": task])
      #expect(value == Double(count), "\(status) \(task)")
    }
    #expect(metrics.value("byteedit_queue_depth") == 0)
    #expect(metrics.value("byteedit_queue_oldest_seconds") == 0)
    #expect(metrics.value("byteedit_lease_lost_total") == 0)
    // Three were claimed; one was canceled and one expired where they waited.
    #expect(metrics.value("byteedit_job_wait_seconds_count") == 3)
    #expect(
      values("stage", of: "byteedit_stage_duration_seconds", metrics) == [
        "decode", "text", "vae_encode", "denoise", "vae_decode", "composite", "score", "encode",
        "other",
      ])
    #expect(
      values("model", of: "byteedit_reward_score", metrics) == [
        "aesthetic", "alignment", "coherence",
      ])
    let submissions = ["method": "POST", "route": "/v1/edits", "status": "202"]
    #expect(metrics.value("http_server_request_duration_seconds_count", submissions) == 5)
    try expectDocumentedLabels(metrics)
    #expect(server.terminate() == 0)
  }

  private func values(
    _ label: String, of name: String, _ metrics: ExpositionParser
  ) -> Set<String> {
    Set(metrics.samples.filter { $0.name == name + "_count" }.compactMap { $0.labels[label] })
  }

  /// Every name of docs/operations.md is there, nothing else is, and each has its labels.
  private func expectDocumentedLabels(_ metrics: ExpositionParser) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../docs/operations.md")
    var documented: [String: Set<String>] = [:]
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      let cells = line.split(separator: "|", omittingEmptySubsequences: false)
        .map { $0.filter { $0 != "`" && $0 != " " } }
      guard cells.count == 6, ["counter", "gauge", "histogram"].contains(cells[2]) else { continue }
      documented[cells[1]] = Set(cells[3].split(separator: ",").map(String.init))
      #expect(metrics.types[cells[1]] == cells[2], "\(cells[1])")
    }
    #expect(Set(metrics.types.keys) == Set(documented.keys))
    for sample in metrics.samples {
      let labels = Set(sample.labels.keys).subtracting(["le"])
      #expect(labels == documented[metrics.family(of: sample.name)], "\(sample.name)")
    }
  }

  @Test func `a job's lines carry its id and its trace, in the process that works, too`() throws {
    let fleet = try Fleet(workers: 1, servers: 1)
    let (server, worker) = (fleet.servers[0], fleet.workers[0])
    let traced = try submit([:], to: server, headers: ["traceparent": Self.traceparent])
    let plain = try submit(["steps": "1"], to: server)
    for id in [traced, plain] { try wait(id, for: "succeeded", server) }
    try eventually { try worker.log(of: traced).count >= 2 }
    let elsewhere = try worker.log(of: traced)
    #expect(elsewhere.map { $0["message"] } == ["job claimed", "job ended"])
    let here = try server.log(of: traced)
    #expect(here.contains { $0["logger"] == "audit" && $0["path"] == "/v1/edits" })
    #expect(Set((elsewhere + here).map { $0["trace_id"] }) == [Self.trace])
    // Without a trace of the caller's one begins with the request, and is the same everywhere.
    let own = Set(try (worker.log(of: plain) + server.log(of: plain)).map { $0["trace_id"] })
    #expect(own.count == 1 && own.first??.count == 32 && own.first != Self.trace)
    for process in [server, worker] {
      for line in try process.log() where line["job_id"] != nil || line["request_id"] != nil {
        #expect(line["trace_id"]?.count == 32, "\(line)")
      }
    }
  }

  @Test func `a lost lease is counted where it was lost, and logged with its job`() throws {
    let fleet = try Fleet(workers: 1, servers: 1)
    let sleeper = fleet.workers[0]
    let id = try submit(
      ["steps": "100", "n": "5"], to: fleet.servers[0], headers: ["traceparent": Self.traceparent])
    try wait(id, for: "running", fleet.servers[0])
    kill(sleeper.identifier, SIGSTOP)
    try fleet.addWorker()
    try wait(id, for: "succeeded", fleet.servers[0])
    kill(sleeper.identifier, SIGCONT)
    try eventually { try sleeper.metrics().value("byteedit_lease_lost_total") == 1 }
    let ended = ["status": "succeeded", "task": "inpaint"]
    #expect(try sleeper.metrics().value("byteedit_jobs_total", ended) == 0)
    try eventually { try fleet.workers[1].metrics().value("byteedit_jobs_total", ended) == 1 }
    #expect(try fleet.workers[1].metrics().value("byteedit_lease_lost_total") == 0)
    try eventually { try sleeper.log(of: id).last?["message"]?.hasPrefix("lease lost") == true }
    #expect(try sleeper.log(of: id).last?["trace_id"] == Self.trace)
  }
}
