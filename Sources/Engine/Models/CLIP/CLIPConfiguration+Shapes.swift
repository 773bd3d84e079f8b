package import Layers

/// What shapes say about a configuration, and the other way round.
extension CLIPConfiguration {
  /// Reads off a checkpoint what it is: OpenAI's layout comes without a configuration.
  ///
  /// - Parameters:
  ///   - shapes: of every tensor, by the names in the file.
  ///   - path: only used in messages.
  ///   - activation: `.quickGELU` for OpenAI's own weights and those trained with it, `.gelu` for
  ///     most of open_clip's. Tensors do not show which, but for models that OpenAI has never
  ///     released (`.gelu`) and files that carry OpenAI's `input_resolution` (`.quickGELU`); throws
  ///     where it is neither given nor known.
  ///   - heads: of the vision and the text half; by the rules of the released models where nil.
  package init(
    openAI shapes: [String: [Int]], path: String, activation: Activation? = nil,
    heads: (vision: Int, text: Int)? = nil
  ) throws(ModelError) {
    let reader = CLIPShapeReader(shapes: shapes, path: path)
    let (width, patch) = try reader.patches()
    let positions = try reader.size("visual.positional_embedding", axis: 0, of: 2)
    let grid = Int(Double(max(0, positions - 1)).squareRoot().rounded())
    guard grid > 0, grid * grid + 1 == positions else {
      throw reader.wrong("visual.positional_embedding", "holds \(positions) positions, no square")
    }
    let textWidth = try reader.size("ln_final.weight", axis: 0, of: 1)
    let known = if let activation { activation } else { try reader.activation(width: width) }
    let heads = heads ?? (Self.visionHeads(width: width), textWidth % 64 == 0 ? textWidth / 64 : 0)
    guard heads.vision > 0, width % heads.vision == 0, heads.text > 0, textWidth % heads.text == 0
    else {
      throw reader.wrong(
        "visual.conv1.weight",
        "and ln_final have widths of no released model, \(width) and \(textWidth)")
    }
    vision = CLIPVisionConfiguration(
      width: width, innerWidth: try reader.innerWidth("visual."),
      layers: try reader.layers("visual."), heads: heads.vision, imageSize: grid * patch,
      patchSize: patch, activation: known,
      projection: try reader.size("visual.proj", axis: 1, of: 2))
    text = CLIPTextConfiguration(
      vocabularySize: try reader.size("token_embedding.weight", axis: 0, of: 2), width: textWidth,
      innerWidth: try reader.innerWidth(""), layers: try reader.layers(""), heads: heads.text,
      positions: try reader.size("positional_embedding", axis: 0, of: 2), activation: known)
    projection = vision.projection
    endOfText = .largestToken
  }

  /// 64 channels a head up to ViT-L; 16 heads for open_clip's H (80), g (88) and bigG (104).
  private static func visionHeads(width: Int) -> Int {
    width > 1024 ? 16 : width % 64 == 0 ? width / 64 : 0
  }

  /// The size of the vision half as the papers write it, such as `ViT-B/32` or `ViT-L/14@336`.
  package var variant: String {
    let letters = [384: "S", 512: "S", 768: "B", 1024: "L", 1280: "H", 1408: "g", 1664: "bigG"]
    let size = letters[vision.width] ?? "\(vision.width)"
    let resolution = vision.imageSize == 224 ? "" : "@\(vision.imageSize)"
    return "ViT-\(size)/\(vision.patchSize)\(resolution)"
  }
}

/// Reads sizes off the tensors of OpenAI's layout.
private struct CLIPShapeReader {
  let shapes: [String: [Int]]
  let path: String

  func wrong(_ key: String, _ reason: String) -> ModelError {
    .inconsistent(path: path, key: key, reason: reason)
  }

  func size(_ name: String, axis: Int, of rank: Int) throws(ModelError) -> Int {
    guard let shape = shapes[name] else { throw wrong(name, "is missing") }
    guard shape.count == rank, shape[axis] > 0 else {
      throw wrong(name, "has the shape \(shape); \(rank) axes are expected")
    }
    return shape[axis]
  }

  /// Width of the vision half and of its patches.
  func patches() throws(ModelError) -> (width: Int, patch: Int) {
    let name = "visual.conv1.weight"
    return (try size(name, axis: 0, of: 4), try size(name, axis: 3, of: 4))
  }

  func innerWidth(_ half: String) throws(ModelError) -> Int {
    try size("\(half)transformer.resblocks.0.mlp.c_fc.weight", axis: 0, of: 2)
  }

  func layers(_ half: String) throws(ModelError) -> Int {
    var count = 0
    while shapes["\(half)transformer.resblocks.\(count).ln_1.weight"] != nil { count += 1 }
    guard count > 0 else {
      throw wrong("\(half)transformer.resblocks.0.ln_1.weight", "is missing")
    }
    return count
  }

  func activation(width: Int) throws(ModelError) -> Activation {
    if shapes["input_resolution"] != nil { return .quickGELU }
    if width > 1024 { return .gelu }
    throw wrong(
      "visual.conv1.weight",
      "has a width that OpenAI (quick_gelu) and open_clip (gelu) both use; say which activation "
        + "it was trained with")
  }
}
