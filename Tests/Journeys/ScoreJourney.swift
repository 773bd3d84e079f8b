import Foundation
import JudgeFolders
import TestSupport
import Testing

/// Four candidates, their scores, and where they look generated.
@Suite(.serialized)
struct ScoreJourney {
  private func judges(_ scratch: ScratchFolder) throws -> String {
    let path = scratch.path + "/judges"
    try JudgeFolders.write(to: path)
    return path
  }

  private func edit(_ client: Client, _ fields: [String: String]) throws -> [String: Any] {
    try client.post(
      "/v1/edits", fields: ["prompt": "a red apple", "seed": "7"].merging(fields) { $1 },
      files: ["image": try Picture.scene(), "mask": try Picture.mask()],
      headers: ["Prefer": "wait=60"]
    ).json()
  }

  private func combined(_ candidate: [String: Any]) throws -> Double {
    let scores = try #require(candidate["scores"] as? [String: Any])
    return try #require(scores["combined"] as? Double)
  }

  @Test func `four candidates come back best first, with scores and heat maps`() throws {
    let scratch = try ScratchFolder()
    let server = try Server(
      dataDirectory: scratch.path + "/data", arguments: ["--judges", try judges(scratch)])
    let client = Client(port: server.port)
    let job = try edit(client, ["n": "4"])
    let candidates = try #require(job["candidates"] as? [[String: Any]])
    let order = try candidates.map(combined)
    #expect(order.count == 4 && order == order.sorted(by: >))
    #expect(Set(candidates.compactMap { $0["index"] as? Int }) == [0, 1, 2, 3])
    #expect(candidates.compactMap { $0["rank"] as? Int } == [1, 2, 3, 4])
    let best = candidates[0]
    let map = try #require(best["coherence_map"] as? [String: Any])
    let heat = try client.get(try #require(map["url"] as? String))
    #expect(heat.status == 200 && heat.headers["content-type"] == "image/png")
    #expect(heat.body.starts(with: [0x89, 0x50, 0x4E, 0x47]) && heat.headers["etag"] != nil)
    let receipt = try #require(best["receipt"] as? [String: Any])
    #expect((receipt["judges"] as? [[String: Any]])?.count == 3)
    try scoreAgain(best, client)
    let metrics = String(decoding: try client.get("/metrics").body, as: UTF8.self)
    #expect(metrics.contains(#"byteedit_reward_score_count{model="coherence"} 4"#))
    #expect(metrics.contains(#"byteedit_stage_duration_seconds_count{stage="score"} 4"#))
    let models = try client.get("/v1/models").json()
    #expect((models["judges"] as? [[String: Any]])?.count == 3)
    #expect(server.terminate() == 0)
  }

  /// The picture that came back has the scores that it came with.
  private func scoreAgain(_ candidate: [String: Any], _ client: Client) throws {
    let picture = try client.get(try #require(candidate["url"] as? String)).body
    let answer = try client.post(
      "/v1/scores", fields: ["prompt": "a red apple", "heat_map": "true"],
      files: ["image": picture, "mask": try Picture.mask()])
    #expect(answer.status == 200)
    let score = try answer.json()
    let scores = try #require(score["scores"] as? NSDictionary)
    #expect(scores == candidate["scores"] as? NSDictionary)
    let heat = try #require(score["heat_map"] as? [String: Any])
    let text = try #require(heat["data"] as? String)
    let data = try #require(Data(base64Encoded: text))
    let map = try #require(candidate["coherence_map"] as? [String: Any])
    let url = try #require(map["url"] as? String)
    #expect(Array(data) == (try client.get(url).body))
  }

  @Test func `the best of four is the first of four, and a minimum draws more`() throws {
    let scratch = try ScratchFolder()
    let server = try Server(
      dataDirectory: scratch.path + "/data",
      arguments: ["--judges", try judges(scratch), "--alignment", "off"])
    let client = Client(port: server.port)
    let all = try #require(try edit(client, ["n": "4"])["candidates"] as? [[String: Any]])
    let one = try edit(client, ["n": "4", "return": "1"])
    let best = try #require(one["candidates"] as? [[String: Any]])
    #expect(best.count == 1 && best[0]["sha256"] as? String == all[0]["sha256"] as? String)
    let scores = try #require(best[0]["scores"] as? [String: Any])
    #expect(scores["alignment"] is NSNull && scores["aesthetic"] is [String: Any])
    let short = try edit(client, ["n": "1", "min_score": "1", "retries": "3"])
    let drawn = try #require(short["candidates"] as? [[String: Any]])
    #expect(try combined(drawn[0]) == combined(all[0]))
    #expect((short["warnings"] as? [String])?.contains { $0.contains("after 4 draws") } == true)
    let failed = try edit(
      client, ["n": "1", "min_score": "1", "retries": "0", "below_min_score": "fail"])
    #expect((failed["error"] as? [String: Any])?["code"] as? String == "below_min_score")
    let refused = try client.post(
      "/v1/edits", fields: ["prompt": "a duck", "select[alignment]": "1"],
      files: ["image": try Picture.scene(), "mask": try Picture.mask()])
    #expect(refused.status == 400)
    server.terminate()
  }

  @Test func `without judges scores are null and say why`() throws {
    let scratch = try ScratchFolder()
    let server = try Server(
      dataDirectory: scratch.path + "/data", arguments: ["--judges", "off"])
    let client = Client(port: server.port)
    let job = try edit(client, ["steps": "1"])
    let candidate = try #require((job["candidates"] as? [[String: Any]])?.first)
    #expect(candidate["scores"] is NSNull && candidate["coherence_map"] == nil)
    let url = try #require(candidate["url"] as? String)
    #expect(try client.get(url + "/coherence").status == 404)
    let score = try client.post(
      "/v1/scores", fields: [:], files: ["image": try Picture.scene()])
    #expect(score.status == 404)
    server.terminate()
  }

  @Test func `the command line edits and scores with the same judges`() throws {
    let scratch = try ScratchFolder()
    let judges = try judges(scratch)
    let (image, mask, out) = (
      scratch.path + "/image.png", scratch.path + "/mask.png", scratch.path + "/out.png"
    )
    try Data(try Picture.scene()).write(to: URL(fileURLWithPath: image))
    try Data(try Picture.mask()).write(to: URL(fileURLWithPath: mask))
    let edited = try Server.run([
      "edit", "--image", image, "--mask", mask, "--prompt", "a red apple", "--seed", "7", "--n",
      "3",
      "--return", "1", "--judges", judges, "--json", "-q", "-o", out,
    ])
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(edited.utf8)) as? [String: Any])
    let candidates = try #require(report["candidates"] as? [[String: Any]])
    #expect(candidates.count == 1)
    let heat = scratch.path + "/heat.png"
    let scored = try Server.run([
      "score", out, "--mask", mask, "--prompt", "a red apple", "--judges", judges, "--heat-map",
      heat, "--json",
    ])
    let scores = try JSONSerialization.jsonObject(with: Data(scored.utf8)) as? NSDictionary
    #expect(scores == candidates[0]["scores"] as? NSDictionary && scores != nil)
    let map = try Data(contentsOf: URL(fileURLWithPath: heat))
    #expect(map.starts(with: [0x89, 0x50, 0x4E, 0x47]))
  }
}
