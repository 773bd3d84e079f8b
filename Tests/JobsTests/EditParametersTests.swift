import Jobs
import Testing

@Suite struct `Edit parameters` {
  private func violations(
    _ fields: [String: JSONValue]
  ) -> [String] {
    do throws(InvalidParameters) {
      _ = try EditParameters(json: fields)
      return []
    } catch {
      return error.violations.map(\.pointer)
    }
  }

  private let full: [String: JSONValue] = [
    "task": "outpaint", "prompt": "a red circle", "negative_prompt": "blur",
    "expand": ["left": 8, "top": 0, "right": 16, "bottom": 24], "n": 4, "return": 2,
    "select": ["aesthetic": 1.5, "alignment": 0.5, "coherence": 2.25], "min_score": 0.25,
    "retries": 7, "below_min_score": "fail", "previews": 2, "steps": 12,
    "guidance_scale": 4.5, "sampler": "dpm++2m", "strength": 0.5, "seed": 4_294_967_295,
    "mask_semantics": "alpha", "mask_invert": true, "mask_threshold": 0.25, "mask_grow": 3,
    "mask_feather": 2, "mask_resize": "nearest", "resolution": 256, "context": 0.5,
    "hole_fill": "push-pull", "seam_repair": false, "output_format": "jpeg", "quality": 80,
    "priority": -3, "deadline": "2026-05-04T03:02:01.500Z",
    "metadata": ["order": 17, "x": [.null]],
  ]

  @Test func `every field is read and written back under its name`() throws {
    let parameters = try EditParameters(json: full)
    #expect(parameters.json == full)
    #expect(Set(full.keys) == Set(EditParameters.Name.allCases.map(\.rawValue)))
    let again = try JSONText.decode(EditParameters.self, from: try JSONText.encode(parameters))
    #expect(again == parameters)
  }

  @Test func `what is left out stays with the defaults`() throws {
    let parameters = try EditParameters(json: ["prompt": "a tree", "seed": .null])
    var expected = EditParameters()
    expected.prompt = "a tree"
    #expect(parameters == expected)
  }

  @Test func `unknown fields are refused by name, decoding included`() throws {
    #expect(violations(["prompt": "a", "stpes": 8, "a/b~c": 1]) == ["/a~1b~0c", "/stpes"])
    #expect(throws: InvalidParameters.self) {
      try JSONText.decode(EditParameters.self, from: #"{"prompt": "a", "webhook": "x"}"#)
    }
  }

  @Test func `all violations are reported together`() {
    let found = violations([
      "task": "paint", "steps": "many", "n": 11, "seed": -1, "expand": ["up": 1],
      "metadata": "none",
    ])
    #expect(Set(found) == ["/task", "/steps", "/n", "/seed", "/expand/up", "/metadata", "/prompt"])
  }

  @Test(
    arguments: [
      ("n", 0), ("n", 11), ("steps", 0), ("steps", 151), ("guidance_scale", -0.1),
      ("guidance_scale", 31), ("strength", 0), ("strength", 1.5), ("mask_threshold", 1.1),
      ("mask_grow", -1), ("mask_feather", 1025), ("resolution", 63), ("resolution", 100),
      ("resolution", 4096), ("context", -1), ("context", "half"), ("quality", 0), ("priority", 11),
      ("return", 0), ("return", 2), ("min_score", 1.01), ("min_score", -0.1), ("min_score", "high"),
      ("retries", -1), ("retries", 21), ("previews", -1), ("previews", 4),
      ("below_min_score", "retry"), ("select", [:]),
      ("select", "aesthetic"), ("select", ["aesthetic": 0]), ("seed", 4_294_967_296), ("seed", 0.5),
      ("prompt", ""), ("deadline", "tomorrow"),
      ("mask_invert", "yes"), ("steps", 1e300), ("hole_fill", "black"), ("sampler", "magic"),
    ] as [(String, JSONValue)])
  func `a value out of range is refused at its place`(field: String, value: JSONValue) {
    var fields: [String: JSONValue] = ["prompt": "a tree"]
    fields[field] = value
    #expect(violations(fields) == ["/" + field])
  }

  @Test func `inpainting needs a prompt, erasing and outpainting do not`() {
    #expect(violations([:]) == ["/prompt"])
    #expect(violations(["task": "erase"]) == [])
    #expect(violations(["task": "outpaint", "expand": ["left": 8]]) == [])
  }

  @Test func `an expansion belongs to outpainting and widens something`() {
    #expect(violations(["task": "erase", "expand": ["left": 8]]) == ["/expand"])
    #expect(violations(["task": "outpaint", "expand": [:]]) == ["/expand"])
    #expect(violations(["task": "outpaint", "expand": ["top": 9000]]) == ["/expand/top"])
  }

  @Test func `weights name judges and are not negative`() throws {
    let pointers = violations([
      "prompt": "a",
      "select": ["aesthetic": -1, "beauty": 1, "coherence": "much", "alignment": 101],
    ])
    #expect(pointers.count == 1 && pointers[0].hasPrefix("/select/"))
    #expect(
      violations(["prompt": "a", "select": ["aesthetic": -1, "alignment": 101]])
        == ["/select/aesthetic", "/select/alignment"])
    let one = try EditParameters(json: ["prompt": "a", "select": ["coherence": 2]])
    #expect(one.select == .init(coherence: 2))
  }

  @Test func `no more come back than are made`() {
    #expect(violations(["prompt": "a", "n": 3, "return": 3]) == [])
    #expect(violations(["prompt": "a", "n": 3, "return": 4]) == ["/return"])
    #expect(violations(["prompt": "a", "n": 30, "return": 4]) == ["/n"])
  }

  @Test func `metadata is limited by its bytes`() {
    let long = JSONValue.string(String(repeating: "x", count: 16384))
    #expect(violations(["prompt": "a", "metadata": ["k": long]]) == ["/metadata"])
  }

  @Test func `a form reads like the JSON it stands for`() throws {
    let form = try EditParameters(form: [
      "task": "outpaint", "prompt": "12", "expand[left]": "8", "expand": #"{"right": 16}"#,
      "n": "2", "guidance_scale": "3", "mask_invert": "true", "seam_repair": "0", "context": "full",
      "return": "1", "select": #"{"aesthetic": 1}"#, "select[coherence]": "0.5",
      "min_score": "0.75", "retries": "2", "below_min_score": "fail", "previews": "3",
      "seed": "7", "metadata": #"{"order": 17}"#, "metadata[note]": "5",
    ])
    let json = try EditParameters(json: [
      "task": "outpaint", "prompt": "12", "expand": ["left": 8, "right": 16], "n": 2,
      "guidance_scale": 3, "mask_invert": true, "seam_repair": false, "context": "full", "seed": 7,
      "return": 1, "select": ["aesthetic": 1, "coherence": 0.5], "min_score": 0.75, "retries": 2,
      "below_min_score": "fail", "previews": 3,
      "metadata": ["order": 17, "note": "5"],
    ])
    #expect(form == json)
  }

  @Test(arguments: ["nan", "inf", "1e999", "0x10", "", "8 "])
  func `a form's number must be one`(_ text: String) {
    let error = #expect(throws: InvalidParameters.self) {
      try EditParameters(form: ["prompt": "a", "guidance_scale": text])
    }
    #expect(error?.violations.map(\.pointer) == ["/guidance_scale"])
  }

  @Test func `unknown form parts are refused by name`() {
    let error = #expect(throws: InvalidParameters.self) {
      try EditParameters(form: ["prompt": "a", "expnd[left]": "1", "wat": "2", "steps[x]": "3"])
    }
    #expect(Set(error?.violations.map(\.pointer) ?? []) == ["/expnd", "/wat", "/steps"])
  }

  @Test func `the fingerprint covers fields and pictures but no drawn seed`() throws {
    let (one, two) = (try BlobHash(of: [1]), try BlobHash(of: [2]))
    var parameters = try EditParameters(json: ["prompt": "a"])
    let first = try RequestFingerprint.of(parameters, image: one, mask: two)
    #expect(try RequestFingerprint.of(parameters, image: one, mask: two) == first)
    #expect(try RequestFingerprint.of(parameters, image: two, mask: one) != first)
    #expect(try RequestFingerprint.of(parameters, image: one, mask: nil) != first)
    parameters.seed = parameters.drawSeed()
    #expect(try RequestFingerprint.of(parameters, image: one, mask: two) != first)
  }
}
