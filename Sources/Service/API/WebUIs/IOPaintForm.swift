import HTTP
package import Imaging
package import Jobs

/// `POST /api/v1/inpaint` of IOPaint as a submission of ours.
///
/// Without a prompt it takes things away (`erase`), as IOPaint's own models do; with an extender it
/// paints beyond the picture (`outpaint`), whose mask then says nothing.
///
/// Fields that steer other models (`ldm_…`, `cv2_…`, `hd_strategy…`) are passed over, as the original
/// does; those that would make another edit of it are refused.
///
/// Source: Sanster/IOPaint, `InpaintRequest` of its schema.
package struct IOPaintForm: Sendable {
  package let body: SubmittedBody

  /// Fields of ours by the names that they have here.
  static let names = [
    "guidance_scale": "sd_guidance_scale", "strength": "sd_strength", "steps": "sd_steps",
    "mask_feather": "sd_mask_blur", "seed": "sd_seed", "sampler": "sd_sampler",
    "expand": "extender_width",
  ]

  /// - Parameter limits: of the picture, whose size and format an edit's fields depend on here.
  package init(_ given: [String: JSONValue], limits: ImageLimits) throws(WebUIError) {
    var reader = WebUIReader(given: given)
    try Self.refuse(reader)
    guard let image = try reader.picture("image") else {
      throw .invalid("image", "is needed: the picture to edit as base64 or as a data URL")
    }
    var pictures = ["image": image]
    let info = try Self.info(of: image, limits)
    try reader.text("prompt", as: .prompt)
    try reader.text("negative_prompt", as: .negativePrompt)
    try reader.number("sd_steps", as: .steps)
    try reader.number("sd_guidance_scale", as: .guidanceScale)
    try reader.number("sd_mask_blur", as: .maskFeather)
    try reader.seed("sd_seed")
    if let name = try reader.sampler("sd_sampler"), !reader.use(sampler: name) {
      throw .invalid("sd_sampler", "is not known: /api/v1/samplers lists them")
    }
    if try reader.flag("use_extender") == true {
      reader.set(.task, EditParameters.Task.outpaint.rawValue)
      reader.fields["expand"] = try Self.expansion(of: info, reader)
    } else {
      pictures["mask"] = try reader.picture("mask")
      reader.set(.maskSemantics, "luma")
      try reader.number("sd_strength", as: .strength)
      try Self.chooseTask(&reader)
    }
    if info.format == .jpeg { reader.set(.outputFormat, "jpeg") }
    body = SubmittedBody(fields: .json(reader.fields), pictures: pictures, errors: [])
  }

  private static func info(
    of image: [UInt8], _ limits: ImageLimits
  ) throws(WebUIError) -> ImageInfo {
    do {
      return try ImageDecoder.probe(image, limits: limits)
    } catch {
      throw .invalid("image", "\(error)")
    }
  }

  private static func refuse(_ reader: WebUIReader) throws(WebUIError) {
    for (name, why) in refused where try reader.flag(name) == true { throw .invalid(name, why) }
    let example = "paint_by_example_example_image"
    guard reader.given[example] ?? .null == .null else {
      throw .invalid(example, "is not read here: describe it in prompt")
    }
  }

  private static let refused = [
    ("use_croper", "is not read here: limit the mask; what the model sees is chosen around it"),
    ("enable_controlnet", "needs a ControlNet, which this service does not have"),
    ("enable_brushnet", "needs BrushNet, which this service does not have"),
  ]

  /// Takes things away where there is no prompt, or where PowerPaint's task has none.
  private static func chooseTask(_ reader: inout WebUIReader) throws(WebUIError) {
    let isPowerPaint = try reader.flag("enable_powerpaint_v2") == true
    let removes = isPowerPaint && reader.given["powerpaint_task"] == "object-remove"
    guard removes || reader.fields["prompt"] == nil else { return }
    reader.set(.task, EditParameters.Task.erase.rawValue)
    reader.fields["prompt"] = nil
  }

  /// How far the extender's rectangle, in the picture's coordinates, reaches beyond each side.
  private static func expansion(
    of info: ImageInfo, _ reader: WebUIReader
  ) throws(WebUIError) -> JSONValue {
    func place(_ name: String, _ standard: Int) throws(WebUIError) -> Int {
      let place = try reader.integer(name) ?? standard
      guard Self.places.contains(place) else {
        throw .invalid(
          name, "must lie between \(Self.places.lowerBound) and \(Self.places.upperBound)")
      }
      return place
    }
    let (left, top) = (try place("extender_x", 0), try place("extender_y", 0))
    let right = left + (try place("extender_width", 640))
    let bottom = top + (try place("extender_height", 640))
    guard max(left, 0) < min(right, info.width), max(top, 0) < min(bottom, info.height) else {
      throw .invalid("extender_x", "and its fellows must share pixels with the picture")
    }
    let beyond = [
      "left": max(0, -left), "top": max(0, -top), "right": max(0, right - info.width),
      "bottom": max(0, bottom - info.height),
    ]
    return .object(beyond.mapValues { .integer(Int64($0)) })
  }

  /// Of a rectangle's sides, in pixels; their sums stay far from overflow.
  private static let places = -1_000_000...1_000_000
}
