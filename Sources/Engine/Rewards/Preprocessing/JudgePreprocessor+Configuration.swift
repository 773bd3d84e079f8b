package import Checkpoints
import Imaging

extension JudgePreprocessor {
  /// Reads transformers' `preprocessor_config.json` of a CLIP or a BLIP; absent keys have the
  /// processor's defaults.
  ///
  /// Throws for what would change pixels in an unknown way.
  package init(_ members: JSONObject, path: String) throws(RewardError) {
    let reader = PreprocessorReader(members: members, path: path)
    self = try reader.defaults()
    resize = try reader.bool("do_resize", default: true) ? try reader.resize(default: resize) : nil
    filter = try reader.filter()
    let hasCrop = try reader.bool("do_center_crop", default: crop != nil)
    crop = hasCrop ? try reader.crop(default: crop) : nil
    try reader.demand("do_rescale")
    if try reader.bool("do_normalize", default: true) {
      mean = try reader.channels("image_mean", default: mean)
      deviation = try reader.channels("image_std", default: deviation)
    } else {
      (mean, deviation) = ([0, 0, 0], [1, 1, 1])
    }
    guard deviation.allSatisfy({ $0 > 0 }) else { throw reader.wrong("image_std", "above 0") }
  }

  /// Reads the file beside a checkpoint, if it is there.
  package init?(folder: String) throws(RewardError) {
    let path = folder + "/preprocessor_config.json"
    guard FileKind(path) == .file else { return nil }
    let members: JSONObject
    do throws(CheckpointError) {
      members = try JSONFile.object(at: path)
    } catch { throw .unusable(path: path, reason: error.description) }
    try self.init(members, path: path)
  }
}

private struct PreprocessorReader {
  let members: JSONObject
  let path: String

  func wrong(_ key: String, _ wanted: String) -> RewardError {
    .unusable(
      path: path,
      reason: "\"\(key)\" is \(members[key]?.summary ?? "absent"); it must be \(wanted)")
  }

  private func value(_ key: String) -> JSONValue? {
    members[key] == .null ? nil : members[key]
  }

  func defaults() throws(RewardError) -> JudgePreprocessor {
    let isOld = value("image_processor_type") == nil
    let key = isOld ? "feature_extractor_type" : "image_processor_type"
    switch value(key) {
    case nil: return .clip()
    case .string(let name)? where name.hasPrefix("CLIP"): return .clip()
    case .string(let name)? where name.hasPrefix("Blip"): return .blip()
    default: throw wrong(key, "one of CLIP or Blip")
    }
  }

  func bool(_ key: String, default fallback: Bool) throws(RewardError) -> Bool {
    switch value(key) {
    case nil: return fallback
    case .bool(let bool)?: return bool
    default: throw wrong(key, "true or false")
    }
  }

  /// Samples are 0...1 before they are normalised.
  func demand(_ key: String) throws(RewardError) {
    guard try bool(key, default: true) else { throw wrong(key, "true") }
    let factor = number(value("rescale_factor")) ?? 1 / 255
    guard abs(factor * 255 - 1) < 1e-6 else { throw wrong("rescale_factor", "1/255") }
  }

  private func number(_ value: JSONValue?) -> Double? {
    switch value {
    case .integer(let integer)?: Double(integer)
    case .number(let number)?: number
    default: nil
    }
  }

  private func side(_ value: JSONValue?) -> Int? {
    if case .integer(let side)? = value, (1...8192).contains(side) { side } else { nil }
  }

  func resize(default fallback: JudgePreprocessor.Resize?) throws(RewardError)
    -> JudgePreprocessor.Resize?
  {
    guard let size = value("size") else { return fallback }
    if let side = side(size) {
      if case .exact? = fallback { return .exact(width: side, height: side) }
      return .shortestSide(side)
    }
    guard case .object(let sides) = size else { throw wrong("size", "a size in pixels") }
    if let shortest = side(sides["shortest_edge"]), sides.count == 1 {
      return .shortestSide(shortest)
    }
    guard let width = side(sides["width"]), let height = side(sides["height"]), sides.count == 2
    else { throw wrong("size", "shortest_edge, or width and height") }
    return .exact(width: width, height: height)
  }

  func crop(default fallback: JudgePreprocessor.CropSize?) throws(RewardError)
    -> JudgePreprocessor.CropSize?
  {
    guard let size = value("crop_size") else {
      return fallback ?? JudgePreprocessor.CropSize(width: 224, height: 224)
    }
    if let side = side(size) { return .init(width: side, height: side) }
    guard case .object(let sides) = size, let width = side(sides["width"]),
      let height = side(sides["height"])
    else { throw wrong("crop_size", "a number, or width and height") }
    return .init(width: width, height: height)
  }

  /// Pillow's numbers of its filters.
  func filter() throws(RewardError) -> ResampleFilter {
    switch value("resample") {
    case nil, .integer(3)?: .bicubic
    case .integer(1)?: .lanczos3
    case .integer(2)?: .bilinear
    case .integer(4)?: .box
    default: throw wrong("resample", "1, 2, 3 or 4")
    }
  }

  func channels(_ key: String, default fallback: [Float]) throws(RewardError) -> [Float] {
    guard let stored = value(key) else { return fallback }
    guard case .array(let elements) = stored, elements.count == 3 else {
      throw wrong(key, "three numbers")
    }
    let numbers = elements.compactMap { number($0).map(Float.init) }
    guard numbers.count == 3, numbers.allSatisfy(\.isFinite) else {
      throw wrong(key, "three numbers")
    }
    return numbers
  }
}
