import Foundation
import TestSupport
import Testing

@Suite(.serialized)
struct CrashJourney {
  @Test func `kill -9 in the middle of a job and a restart finish that job, once`() throws {
    let scratch = try ScratchFolder()
    let data = scratch.path + "/data"
    let arguments = ["--lease-seconds", "5"]
    let first = try Server(dataDirectory: data, arguments: arguments)
    let submitted = try Client(port: first.port).post(
      "/v1/edits", fields: ["prompt": "a house", "seed": "3", "n": "5", "steps": "30"],
      files: ["image": try Picture.scene(), "mask": try Picture.mask()])
    #expect(submitted.status == 202)
    let identifier = try #require(try submitted.json()["id"] as? String)
    try waitForState("running", of: identifier, on: first)
    first.crash()

    let second = try Server(dataDirectory: data, arguments: arguments)
    let client = Client(port: second.port)
    #expect(try client.get("/v1/edits/\(identifier)").json()["state"] as? String != "succeeded")
    let job = try waitForState("succeeded", of: identifier, on: second)
    #expect((job["candidates"] as? [Any])?.count == 5)
    #expect(job["attempt"] as? Int == 2)
    #expect(try client.get("/v1/edits/\(identifier)/images/4").status == 200)
    #expect(second.terminate() == 0)
  }

  @Test func `an edit goes on at its checkpoint after kill -9, and nobody can tell`() throws {
    let scratch = try ScratchFolder()
    let data = scratch.path + "/data"
    let arguments = ["--lease-seconds", "5", "--checkpoint-seconds", "1"]
    func submit(to server: Server) throws -> String {
      let answer = try Client(port: server.port).post(
        "/v1/edits", fields: ["prompt": "a house", "seed": "3", "n": "2", "steps": "150"],
        files: ["image": try Picture.scene(), "mask": try Picture.mask()])
      return try #require(try answer.json()["id"] as? String)
    }
    let first = try Server(dataDirectory: data, arguments: arguments)
    let identifier = try submit(to: first)
    try eventually("a checkpoint") {
      try first.metrics().value("byteedit_checkpoints_total", ["event": "kept"]) ?? 0 >= 1
    }
    first.crash()

    let second = try Server(dataDirectory: data, arguments: arguments)
    try waitForState("succeeded", of: identifier, on: second)
    #expect(
      try second.metrics().value("byteedit_checkpoints_total", ["event": "resumed"]) == 1)
    let undisturbed = try submit(to: second)
    try waitForState("succeeded", of: undisturbed, on: second)
    let client = Client(port: second.port)
    for index in 0..<2 {
      let pictures = try [identifier, undisturbed].map {
        try client.get("/v1/edits/\($0)/images/\(index)").body
      }
      #expect(pictures[0].count > 100 && pictures[0] == pictures[1])
    }
    #expect(second.terminate() == 0)
  }

  @Test func `SIGTERM hands a running job back and the next process finishes it`() throws {
    let scratch = try ScratchFolder()
    let data = scratch.path + "/data"
    let first = try Server(dataDirectory: data, arguments: ["--drain-seconds", "0"])
    let submitted = try Client(port: first.port).post(
      "/v1/edits", fields: ["prompt": "a house", "seed": "3", "n": "5", "steps": "30"],
      files: ["image": try Picture.scene(), "mask": try Picture.mask()])
    let identifier = try #require(try submitted.json()["id"] as? String)
    try waitForState("running", of: identifier, on: first)
    #expect(first.terminate() == 0)

    let second = try Server(dataDirectory: data)
    let job = try waitForState("succeeded", of: identifier, on: second)
    #expect(job["attempt"] as? Int == 1)
    second.terminate()
  }

  @discardableResult
  private func waitForState(
    _ state: String, of identifier: String, on server: Server
  ) throws -> [String: Any] {
    for _ in 0..<3000 {
      let job = try Client(port: server.port).get("/v1/edits/\(identifier)").json()
      if job["state"] as? String == state { return job }
      usleep(100_000)
    }
    throw JourneyError("\(identifier) never became \(state)")
  }
}
