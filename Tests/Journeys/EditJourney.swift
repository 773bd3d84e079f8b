import Foundation
import TestSupport
import Testing

/// Pictures for the journeys: a drawn scene and a box in it.
enum Picture {
  static func scene() throws -> [UInt8] { try load("scene.png") }
  static func mask() throws -> [UInt8] { try load("mask.png") }

  private static func load(_ name: String) throws -> [UInt8] {
    let url = try #require(
      Bundle.module.url(forResource: "Fixtures", withExtension: nil)?.appending(path: name))
    return Array(try Data(contentsOf: url))
  }
}

@Suite(.serialized)
struct EditJourney {
  @Test func `a picture, a mask and a prompt come back as an edited picture`() throws {
    let scratch = try ScratchFolder()
    let server = try Server(dataDirectory: scratch.path + "/data")
    let client = Client(port: server.port)
    let answer = try client.post(
      "/v1/edits", fields: ["prompt": "a red apple", "seed": "7"],
      files: ["image": try Picture.scene(), "mask": try Picture.mask()],
      headers: ["Prefer": "wait=60"])
    #expect(answer.status == 200)
    let job = try answer.json()
    #expect(job["state"] as? String == "succeeded")
    let candidates = try #require(job["candidates"] as? [[String: Any]])
    let preserved = try #require(candidates[0]["preserved"] as? [String: Any])
    #expect(preserved["max_abs_diff"] as? Int == 0)
    #expect(candidates[0]["seed"] as? Int == 7)
    let identifier = try #require(job["id"] as? String)
    let picture = try client.get("/v1/edits/\(identifier)/images/0")
    #expect(picture.status == 200)
    #expect(picture.headers["content-type"] == "image/png")
    #expect(picture.body.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    #expect(server.terminate() == 0)
  }

  @Test func `the same seed gives the same bytes, on one thread and on two`() throws {
    var pictures: [[UInt8]] = []
    for threads in ["1", "2"] {
      let scratch = try ScratchFolder()
      let server = try Server(
        dataDirectory: scratch.path + "/data", arguments: ["--threads", threads])
      let client = Client(port: server.port)
      let job = try client.post(
        "/v1/edits", fields: ["prompt": "a duck", "seed": "5"],
        files: ["image": try Picture.scene(), "mask": try Picture.mask()],
        headers: ["Prefer": "wait=60"]
      ).json()
      let identifier = try #require(job["id"] as? String)
      pictures.append(try client.get("/v1/edits/\(identifier)/images/0").body)
      server.terminate()
    }
    #expect(pictures[0] == pictures[1])
    #expect(pictures[0].count > 1000)
  }

  @Test func `what the model cannot do fails at once, by its field`() throws {
    let scratch = try ScratchFolder()
    let server = try Server(dataDirectory: scratch.path + "/data")
    let job = try Client(port: server.port).post(
      "/v1/edits", fields: ["prompt": "a duck", "sampler": "pndm"],
      files: ["image": try Picture.scene(), "mask": try Picture.mask()],
      headers: ["Prefer": "wait=30"]
    ).json()
    #expect(job["state"] as? String == "failed")
    #expect(job["attempt"] as? Int == 1)
    let error = try #require(job["error"] as? [String: Any])
    #expect((error["detail"] as? String)?.hasPrefix("sampler: ") == true)
    server.terminate()
  }
}
