import API
import FoundationEssentials
import HTTP
import HTTPTypes
import Jobs
import Testing

@Suite(.timeLimit(.minutes(1))) struct `The web UI's form` {
  private let path = "/sdapi/v1/img2img"

  private func request(_ fields: [String: JSONValue] = [:]) throws -> [String: JSONValue] {
    let image = Data(try TestPicture.image()).base64EncodedString()
    let mask = "data:image/png;base64," + Data(try TestPicture.mask()).base64EncodedString()
    let given: [String: JSONValue] = [
      "init_images": .array([.string(image)]), "mask": .string(mask), "prompt": "a cat",
    ]
    return given.merging(fields) { $1 }
  }

  @Test func `an edit is waited for and comes back as base64`() async throws {
    try await TestService.run { service in
      let answer = try await service.submit(
        json: try request([
          "seed": 9, "batch_size": 2, "sampler_name": "Euler a", "cfg_scale": 3.5, "steps": 6,
          "denoising_strength": 0.75, "mask_blur": 2, "inpaint_full_res": false,
          "negative_prompt": "", "width": 512, "alwayson_scripts": [:],
          "include_init_images": true,
        ]), to: path)
      #expect(answer.status == 200)
      guard case .array(let images)? = answer["images"] else { throw Missing() }
      let image = Data(try TestPicture.image()).base64EncodedString()
      #expect(images == [JSONValue](repeating: .string(image), count: 3))
      let parameters: [String: JSONValue] = [
        "sampler": "euler-ancestral", "guidance_scale": 3.5, "steps": 6, "strength": 0.75,
        "mask_feather": 2, "context": "full", "mask_semantics": "luma", "n": 2, "seed": 9,
      ]
      for (name, value) in parameters { #expect(answer["parameters.\(name)"] == value, "\(name)") }
      let info = try JSONText.decode(JSONValue.self, from: try #require(answer["info"]?.text))
      #expect(info["all_seeds"] == [9, 10] && info["byteedit.state"] == "succeeded")
    }
  }

  private struct Missing: Error {}

  @Test(
    arguments: [
      (["init_images": []], "init_images"), (["init_images": ["x!"]], "init_images"),
      (["mask": 3], "mask"), (["mask": .null], "mask"), (["prompt": 3], "prompt"),
      (["steps": "8"], "steps"), (["steps": 0], "steps"), (["batch_size": 11], "batch_size"),
      (["batch_size": 4_000_000_000, "n_iter": 4_000_000_000], "batch_size"),
      (["batch_size": -1, "n_iter": -1], "batch_size"), (["batch_size": 1.5], "batch_size"),
      (["seed": -2], "seed"), (["cfg_scale": 99], "cfg_scale"),
      (["send_images": "yes"], "send_images"),
    ] as [([String: JSONValue], String)])
  func `what is wrong is named`(fields: [String: JSONValue], name: String) async throws {
    let service = try TestService()
    let answer = try await service.submit(json: try request(fields), to: path)
    #expect(answer.status == 422 && answer["detail"]?.text?.hasPrefix(name) == true)
    #expect(try await service.call(.get, "/v1/edits")["edits"] == [])
  }

  @Test func `an unknown sampler is not found`() async throws {
    let service = try TestService()
    let answer = try await service.submit(json: try request(["sampler_name": "DPM9"]), to: path)
    #expect(answer.status == 404 && answer["detail"]?.text?.hasPrefix("Sampler not found") == true)
  }

  @Test func `every sampler of the list can be asked for, by each of its names`() async throws {
    try await TestService.run { service in
      guard case .array(let all)? = try await service.call(.get, "/sdapi/v1/samplers").json else {
        throw Missing()
      }
      var asked: Set<String> = []
      for sampler in all {
        guard case .array(let aliases)? = sampler["aliases"] else { throw Missing() }
        for name in [try #require(sampler["name"])] + aliases {
          let answer = try await service.submit(
            json: try request(["sampler_name": name]), to: path)
          asked.insert(try #require(answer["parameters.sampler"]?.text))
        }
      }
      #expect(asked == Set(EditParameters.Sampler.allCases.map(\.rawValue)))
    }
  }

  @Test func `progress and interruption are about these edits alone`() async throws {
    let service = try TestService()
    let native = try await service.submit(try .inpaint()).id
    let fields = try request()
    let waiting = Task { try await service.submit(json: fields, to: path) }
    while try await service.call(.get, "/sdapi/v1/progress")["state.job_count"] != 1 {
      try await Task.sleep(for: .milliseconds(5))
    }
    _ = try await service.store.claim(worker: "w", lease: .seconds(30))
    let claimed = try #require(
      try await service.store.claim(worker: "w", lease: .seconds(30)))
    let step = JobProgress(stage: "denoise", step: 2, steps: 8, candidate: 0, candidates: 1)
    _ = try await service.store.report(step, under: claimed.lease)
    let progress = try await service.call(.get, "/sdapi/v1/progress")
    #expect(progress["progress"] == 0.25 && progress["state.sampling_step"] == 2)
    #expect(try await service.call(.post, "/sdapi/v1/interrupt").status == 200)
    _ = try await service.store.finish(claimed.lease, .stopped)
    let answer = try await waiting.value
    #expect(answer.status == 409 && answer["detail"] == "the edit was canceled")
    #expect(try await service.call(.get, "/v1/edits/\(native)")["cancel_requested"] == false)
  }

  @Test func `the lists name what is served`() async throws {
    let service = try TestService()
    let options = try await service.call(.get, "/sdapi/v1/options")
    #expect(options["sd_model_checkpoint"] == "fake")
    let models = try await service.call(.get, "/sdapi/v1/sd-models")
    #expect(models["0.title"] == "fake [00]" && models["0.sha256"] == "00")
  }
}
