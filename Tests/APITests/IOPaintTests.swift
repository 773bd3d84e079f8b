import API
import FoundationEssentials
import HTTP
import HTTPTypes
import Jobs
import Testing

@Suite(.timeLimit(.minutes(1))) struct `IOPaint's form` {
  private let path = "/api/v1/inpaint"

  private func request(_ fields: [String: JSONValue] = [:]) throws -> [String: JSONValue] {
    let image = "data:image/png;base64," + Data(try TestPicture.image()).base64EncodedString()
    let mask = Data(try TestPicture.mask()).base64EncodedString()
    // What its web app sends without being asked.
    let given: [String: JSONValue] = [
      "image": .string(image), "mask": .string(mask), "prompt": "a cat", "negative_prompt": "",
      "ldm_steps": 30, "ldm_sampler": "ddim", "zits_wireframe": true, "cv2_radius": 5,
      "hd_strategy": "Crop", "use_croper": false, "use_extender": false, "sd_seed": -1,
      "sd_match_histograms": false, "paint_by_example_example_image": .null,
      "enable_controlnet": false, "enable_brushnet": false, "enable_powerpaint_v2": false,
      "powerpaint_task": "text-guided",
    ]
    return given.merging(fields) { $1 }
  }

  private func parameters(
    _ fields: [String: JSONValue], _ service: TestService
  ) async throws -> JSONValue {
    let answer = try await service.submit(json: try request(fields), to: path)
    #expect(answer.status == 200 && answer.fields[.contentType] == "image/png")
    let job = try #require(answer.fields[.contentLocation])
    return try #require(try await service.call(.get, job)["parameters"])
  }

  @Test func `an edit is waited for and comes back as a picture`() async throws {
    try await TestService.run { service in
      let answer = try await service.submit(
        json: try request([
          "sd_seed": 9, "sd_steps": 6, "sd_guidance_scale": 3.5, "sd_strength": 0.75,
          "sd_mask_blur": 2, "sd_sampler": "Euler a",
        ]), to: path)
      #expect(answer.status == 200 && answer.fields[.contentType] == "image/png")
      #expect(answer.bytes == (try TestPicture.image()) && answer.fields[.seed] == "9")
      let job = try await service.call(.get, try #require(answer.fields[.contentLocation]))
      let wanted: [String: JSONValue] = [
        "task": "inpaint", "sampler": "euler-ancestral", "guidance_scale": 3.5, "steps": 6,
        "strength": 0.75, "mask_feather": 2, "mask_semantics": "luma", "seed": 9,
      ]
      for (name, value) in wanted { #expect(job["parameters.\(name)"] == value, "\(name)") }
    }
  }

  @Test func `without a prompt things are taken away`() async throws {
    try await TestService.run { service in
      #expect(try await parameters(["prompt": ""], service)["task"] == "erase")
      let removal: [String: JSONValue] = [
        "enable_powerpaint_v2": true, "powerpaint_task": "object-remove",
      ]
      let parameters = try await parameters(removal, service)
      #expect(parameters["task"] == "erase" && parameters["prompt"] == nil)
      #expect(
        try await self.parameters(["powerpaint_task": "object-remove"], service)["task"]
          == "inpaint")
    }
  }

  /// The picture is 24 wide and 16 high.
  @Test(
    arguments: [
      ([-8, -3, 40, 21], [8, 3, 8, 2]), ([0, 0, 30, 16], [0, 0, 6, 0]),
      ([4, 4, 4, 30], [0, 0, 0, 18]), ([-4, 2, 6, 6], [4, 0, 0, 0]),
    ])
  func `the extender's rectangle says how far to paint beyond`(
    rectangle: [Int64], beyond: [Int64]
  ) async throws {
    try await TestService.run { service in
      let parameters = try await parameters(
        [
          "use_extender": true, "extender_x": .integer(rectangle[0]),
          "extender_y": .integer(rectangle[1]), "extender_width": .integer(rectangle[2]),
          "extender_height": .integer(rectangle[3]), "sd_strength": 0.5,
        ], service)
      #expect(parameters["task"] == "outpaint" && parameters["strength"] == nil)
      for (side, pixels) in zip(["left", "top", "right", "bottom"], beyond) {
        #expect((parameters["expand.\(side)"] ?? 0) == .integer(pixels), "\(side)")
      }
    }
  }

  @Test func `a JPEG comes back as one`() async throws {
    try await TestService.run { service in
      let jpeg = Data(try TestPicture.jpeg()).base64EncodedString()
      let answer = try await service.submit(
        json: try request(["image": .string(jpeg)]), to: path)
      let job = try await service.call(.get, try #require(answer.fields[.contentLocation]))
      #expect(job["parameters.output_format"] == "jpeg")
    }
  }

  @Test(
    arguments: [
      (["image": .null], "image"), (["image": "x!"], "image"), (["image": "R0lGODlh"], "image"),
      (["mask": .null], "mask"), (["mask": 3], "mask"), (["prompt": 3], "prompt"),
      (["sd_steps": 0], "sd_steps"), (["sd_steps": "8"], "sd_steps"),
      (["sd_guidance_scale": 99], "sd_guidance_scale"), (["sd_seed": -2], "sd_seed"),
      (["sd_sampler": "DPM9"], "sd_sampler"), (["sd_mask_blur": -1], "sd_mask_blur"),
      (["use_croper": true], "use_croper"), (["use_croper": "yes"], "use_croper"),
      (["enable_controlnet": true], "enable_controlnet"),
      (["enable_brushnet": true], "enable_brushnet"),
      (["paint_by_example_example_image": "x"], "paint_by_example_example_image"),
      (["use_extender": true, "extender_x": 24], "extender_x"),
      (["use_extender": true, "extender_y": -700], "extender_x"),
      (["use_extender": true, "extender_x": -9_000_000_000_000_000_000], "extender_x"),
      (["use_extender": true, "extender_width": 24, "extender_height": 16], "extender_width"),
      (["use_extender": true, "image": "R0lGODlh"], "image"),
    ] as [([String: JSONValue], String)])
  func `what is wrong is named as the client names it`(
    fields: [String: JSONValue], name: String
  ) async throws {
    let service = try TestService()
    let answer = try await service.submit(json: try request(fields), to: path)
    #expect(answer.status == 422 && answer["errors"]?.text?.hasPrefix(name + " ") == true)
    #expect(answer["detail"] == answer["errors"])
    #expect(try await service.call(.get, "/v1/edits")["edits"] == [])
  }

  @Test func `the model and the samplers are told`() async throws {
    try await TestService.run { service in
      let model = try await service.call(.get, "/api/v1/model")
      #expect(model["name"] == "fake" && model["need_prompt"] == true)
      #expect(model["support_outpainting"] == true && model["controlnets"] == [])
      guard case .array(let names)? = try await service.call(.get, "/api/v1/samplers").json else {
        Issue.record("no list")
        return
      }
      var asked: Set<String> = []
      for name in names {
        let parameters = try await parameters(["sd_sampler": name], service)
        asked.insert(try #require(parameters["sampler"]?.text))
      }
      #expect(asked == Set(EditParameters.Sampler.allCases.map(\.rawValue)))
    }
  }
}
