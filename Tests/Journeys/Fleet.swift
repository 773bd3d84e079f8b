import Foundation
import JobStoreBench
import TestSupport
import Testing

/// Serving and working processes that share nothing but a PostgreSQL database.
final class Fleet {
  let cluster: PostgresCluster
  let url: String
  private let scratch: ScratchFolder
  var workers: [Server] = []
  var servers: [Server] = []

  init(workers count: Int = 3, servers: Int = 2) throws {
    scratch = try ScratchFolder()
    cluster = try PostgresCluster()
    url = try cluster.makeDatabase()
    for _ in 0..<count { try addWorker() }
    for _ in 0..<servers { try addServer() }
  }

  private func arguments(_ more: String...) -> [String] {
    ["--store", url, "--lease-seconds", "5"] + more
  }

  private func place() -> String { "\(scratch.path)/\(UUID().uuidString)" }

  func addWorker() throws {
    workers.append(
      try Server("worker", dataDirectory: place(), arguments: arguments("--threads", "1")))
  }

  func addServer() throws {
    servers.append(try Server(dataDirectory: place(), arguments: arguments()))
  }

  func submit(
    _ number: Int, to server: Server, steps: Int = 4, candidates: Int = 1
  ) throws -> String {
    let answer = try Client(port: server.port).post(
      "/v1/edits",
      fields: [
        "prompt": "a house", "seed": "\(number)", "steps": "\(steps)", "n": "\(candidates)",
      ],
      files: ["image": try Picture.scene(), "mask": try Picture.mask()],
      headers: ["Idempotency-Key": "fleet-\(number)"])
    guard answer.status == 202 else { throw JourneyError("status \(answer.status)") }
    return try #require(try answer.json()["id"] as? String)
  }
}
