import HTTP
import Jobs

/// `POST /sdapi/v1/img2img` as a submission of ours.
///
/// Fields that steer parts which are not here (`alwayson_scripts`, `override_settings`, `styles` and
/// so on) are passed over, as the original does with what it does not know.
///
/// Source: AUTOMATIC1111 stable-diffusion-webui, `StableDiffusionProcessingImg2Img` of its API.
struct StableDiffusionForm: Sendable {
  let body: SubmittedBody
  let sendsImages: Bool
  let includesInitImages: Bool

  /// Marks jobs that came this way: progress and interruption are about them alone.
  static let mark = "sdapi"

  init(_ given: [String: JSONValue]) throws(StableDiffusionError) {
    var reader = Reader(given: given)
    let image = try reader.picture(ofFirst: "init_images")
    var pictures = ["image": image]
    pictures["mask"] = try reader.picture("mask")
    try reader.text("prompt", as: .prompt)
    try reader.text("negative_prompt", as: .negativePrompt)
    try reader.number("steps", as: .steps)
    try reader.number("cfg_scale", as: .guidanceScale)
    try reader.number("denoising_strength", as: .strength)
    try reader.number("mask_blur", as: .maskFeather)
    try reader.seed()
    try reader.sampler()
    try reader.count()
    reader.fields["mask_semantics"] = "luma"
    if try reader.integer("inpainting_mask_invert") == 1 { reader.fields["mask_invert"] = true }
    if try reader.flag("inpaint_full_res") == false { reader.fields["context"] = "full" }
    reader.fields["metadata"] = .object([Self.mark: true])
    sendsImages = try reader.flag("send_images") ?? true
    includesInitImages = try reader.flag("include_init_images") ?? false
    body = SubmittedBody(fields: .json(reader.fields), pictures: pictures, errors: [])
  }

  /// Samplers by the names that the original's clients know; the first one is shown.
  static let samplers: [(sampler: EditParameters.Sampler, names: [String])] = [
    (.ddim, ["DDIM", "ddim"]), (.ddpm, ["DDPM", "ddpm"]), (.euler, ["Euler", "k_euler"]),
    (.eulerAncestral, ["Euler a", "k_euler_a", "k_euler_ancestral"]),
    (.heun, ["Heun", "k_heun"]),
    (.dpmSolver2M, ["DPM++ 2M", "DPM++ 2M Karras", "k_dpmpp_2m"]), (.uniPC, ["UniPC", "unipc"]),
    (.pndm, ["PLMS", "plms"]), (.lcm, ["LCM", "k_lcm"]), (.tcd, ["TCD", "tcd"]),
  ]
}

/// Takes one field after the other.
private struct Reader {
  let given: [String: JSONValue]
  var fields: [String: JSONValue] = [:]

  init(given: [String: JSONValue]) {
    self.given = given
  }

  private func value(_ name: String) -> JSONValue? {
    guard let value = given[name], value != .null else { return nil }
    return value
  }

  func picture(_ name: String) throws(StableDiffusionError) -> [UInt8]? {
    guard let value = value(name) else { return nil }
    guard let bytes = SubmittedBody.picture(value) else {
      throw .invalid(name, "must be a PNG or JPEG as base64 or as a data URL")
    }
    return bytes
  }

  func picture(ofFirst name: String) throws(StableDiffusionError) -> [UInt8] {
    guard case .array(let all)? = value(name), let first = all.first else {
      throw .invalid(name, "is needed: a list with the picture to edit")
    }
    guard all.count == 1 else {
      throw .invalid(name, "has several pictures: this service edits one at a time")
    }
    guard let bytes = SubmittedBody.picture(first) else {
      throw .invalid(name, "must be PNG or JPEG as base64 or as data URLs")
    }
    return bytes
  }

  /// Empty texts stand for none.
  mutating func text(
    _ name: String, as field: EditParameters.Name
  ) throws(StableDiffusionError) {
    guard let value = value(name) else { return }
    guard case .string(let text) = value else { throw .invalid(name, "must be a string") }
    if !text.isEmpty { fields[field.rawValue] = value }
  }

  mutating func number(
    _ name: String, as field: EditParameters.Name
  ) throws(StableDiffusionError) {
    guard let value = value(name) else { return }
    switch value {
    case .integer, .number: fields[field.rawValue] = value
    default: throw .invalid(name, "must be a number")
    }
  }

  func integer(_ name: String) throws(StableDiffusionError) -> Int? {
    guard let value = value(name) else { return nil }
    switch value {
    case .integer(let integer): return Int(exactly: integer)
    case .number(let number): return Int(exactly: number)
    default: throw .invalid(name, "must be a whole number")
    }
  }

  func flag(_ name: String) throws(StableDiffusionError) -> Bool? {
    guard let value = value(name) else { return nil }
    switch value {
    case .boolean(let flag): return flag
    case .integer(let integer) where (0...1).contains(integer): return integer == 1
    default: throw .invalid(name, "must be true or false")
    }
  }

  /// -1 draws one.
  mutating func seed() throws(StableDiffusionError) {
    guard let seed = try integer("seed"), seed != -1 else { return }
    fields[EditParameters.Name.seed.rawValue] = .integer(Int64(seed))
  }

  mutating func count() throws(StableDiffusionError) {
    let sides = [try integer("batch_size") ?? 1, try integer("n_iter") ?? 1]
    let (count, overflows) = sides[0].multipliedReportingOverflow(by: sides[1])
    guard !overflows, EditParameters.Ranges.count.contains(count) else {
      throw .invalid("batch_size", "times n_iter must lie between 1 and 10")
    }
    fields[EditParameters.Name.count.rawValue] = .integer(Int64(count))
  }

  mutating func sampler() throws(StableDiffusionError) {
    guard let value = value("sampler_name") ?? value("sampler_index") else { return }
    guard case .string(let name) = value else { throw .invalid("sampler_name", "must be a string") }
    if name.isEmpty || name == "Automatic" { return }
    guard let known = StableDiffusionForm.samplers.first(where: { $0.names.contains(name) }) else {
      throw StableDiffusionError(
        status: .notFound, detail: "Sampler not found: /sdapi/v1/samplers lists them")
    }
    fields[EditParameters.Name.sampler.rawValue] = .string(known.sampler.rawValue)
  }
}
