import HTTP
package import Jobs

/// `POST /sdapi/v1/img2img` as a submission of ours.
///
/// Fields that steer parts which are not here (`alwayson_scripts`, `override_settings`, `styles` and
/// so on) are passed over, as the original does with what it does not know.
///
/// Source: AUTOMATIC1111 stable-diffusion-webui, `StableDiffusionProcessingImg2Img` of its API.
package struct StableDiffusionForm: Sendable {
  package let body: SubmittedBody
  let sendsImages: Bool
  let includesInitImages: Bool

  /// Fields of ours by the names that they have here.
  static let names = [
    "guidance_scale": "cfg_scale", "strength": "denoising_strength", "mask_feather": "mask_blur",
    "sampler": "sampler_name", "image": "init_images",
  ]

  /// Marks jobs that came this way: progress and interruption are about them alone.
  static let mark = "sdapi"

  package init(_ given: [String: JSONValue]) throws(WebUIError) {
    var reader = WebUIReader(given: given)
    let image = try reader.picture(ofFirst: "init_images")
    var pictures = ["image": image]
    pictures["mask"] = try reader.picture("mask")
    try reader.text("prompt", as: .prompt)
    try reader.text("negative_prompt", as: .negativePrompt)
    try reader.number("steps", as: .steps)
    try reader.number("cfg_scale", as: .guidanceScale)
    try reader.number("denoising_strength", as: .strength)
    try reader.number("mask_blur", as: .maskFeather)
    try reader.seed("seed")
    try Self.sampler(&reader)
    reader.fields["n"] = try Self.count(reader)
    reader.fields["mask_semantics"] = "luma"
    if try reader.integer("inpainting_mask_invert") == 1 { reader.fields["mask_invert"] = true }
    if try reader.flag("inpaint_full_res") == false { reader.fields["context"] = "full" }
    reader.fields["metadata"] = .object([Self.mark: true])
    sendsImages = try reader.flag("send_images") ?? true
    includesInitImages = try reader.flag("include_init_images") ?? false
    body = SubmittedBody(fields: .json(reader.fields), pictures: pictures, errors: [])
  }

  private static func count(_ reader: WebUIReader) throws(WebUIError) -> JSONValue {
    let sides = [try reader.integer("batch_size") ?? 1, try reader.integer("n_iter") ?? 1]
    let (count, overflows) = sides[0].multipliedReportingOverflow(by: sides[1])
    guard !overflows, sides[0] > 0, EditParameters.Ranges.count.contains(count) else {
      throw .invalid("batch_size", "times n_iter must lie between 1 and 10")
    }
    return .integer(Int64(count))
  }

  private static func sampler(_ reader: inout WebUIReader) throws(WebUIError) {
    let names = [try reader.sampler("sampler_name"), try reader.sampler("sampler_index")]
    guard let name = names.compactMap(\.self).first else { return }
    guard reader.use(sampler: name) else {
      throw WebUIError(
        status: .notFound, detail: "Sampler not found: /sdapi/v1/samplers lists them")
    }
  }
}
