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
