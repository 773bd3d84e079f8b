/// What one tensor of an adapter's file is.
///
/// Three sets of names are read: peft's (`unet.down_blocks.0.….attn1.to_q.lora_A.weight`), the
/// older ones of diffusers (`….attn1.processor.to_q_lora.down.weight`,
/// `….mlp.fc1.lora_linear_layer.down.weight`) and those of Kohya's trainer
/// (`lora_unet_down_blocks_0_…_attn1_to_q.lora_down.weight`, `lora_te_text_model_…`), which divides
/// names by underscores alone. What they say about a layer is therefore compared without dots.
struct AdapterKey: Equatable {
  enum Part: Equatable {
    case down
    case up
    case alpha
  }

  let network: EditorPart
  /// The layer's name with underscores for dots, `down_blocks_0_…_attn1_to_q`.
  let layer: String
  let part: Part

  /// How a layer's name is spelt in keys.
  static func flattened(_ name: String) -> String {
    String(name.map { $0 == "." ? "_" : $0 })
  }

  private static let endings: [(String, Part)] = [
    (".lora_A.weight", .down), (".lora_B.weight", .up),
    (".lora_down.weight", .down), (".lora_up.weight", .up),
    (".lora_linear_layer.down.weight", .down), (".lora_linear_layer.up.weight", .up),
    (".lora.down.weight", .down), (".lora.up.weight", .up),
    ("_lora.down.weight", .down), ("_lora.up.weight", .up),
    ("_lora.alpha", .alpha), (".lora.alpha", .alpha), (".alpha", .alpha),
  ]

  private static let beginnings: [(String, EditorPart)] = [
    ("unet.", .unet), ("text_encoder.", .textEncoder),
    ("lora_unet_", .unet), ("lora_te_", .textEncoder), ("lora_te1_", .textEncoder),
  ]

  /// Reads a tensor's name; nothing for one that no adapter of these sets has.
  ///
  /// A name that begins with no network's is one of the U-Net, which the first adapters changed
  /// alone.
  init?(_ name: String) {
    guard let (ending, part) = Self.endings.first(where: { name.hasSuffix($0.0) }) else {
      return nil
    }
    let stem = name.dropLast(ending.count)
    let beginning = Self.beginnings.first { stem.hasPrefix($0.0) }
    guard !stem.hasPrefix("text_encoder_2."), !stem.hasPrefix("lora_te2_") else { return nil }
    let path = String(stem.dropFirst(beginning?.0.count ?? 0))
    network = beginning?.1 ?? .unet
    self.part = part
    let isOld = ending.hasPrefix("_lora")
    layer =
      network == .unet ? Self.unetLayer(path, isOld) : Self.textLayer(path, isOld)
  }

  /// Attention processors held the matrices once, and the last one was not in a list.
  private static func unetLayer(_ path: String, _ isOld: Bool) -> String {
    let layer = flattened(path.replacing(".processor.", with: "."))
    return isOld && layer.hasSuffix("_to_out") ? layer + "_0" : layer
  }

  private static let oldTextNames = [
    "self_attn_to_q": "self_attn_q_proj", "self_attn_to_k": "self_attn_k_proj",
    "self_attn_to_v": "self_attn_v_proj", "self_attn_to_out": "self_attn_out_proj",
  ]

  private static func textLayer(_ path: String, _ isOld: Bool) -> String {
    var layer = flattened(path)
    if layer.hasPrefix("text_model_") { layer.removeFirst("text_model_".count) }
    guard isOld, let old = oldTextNames.keys.first(where: { layer.hasSuffix("_\($0)") }),
      let new = oldTextNames[old]
    else { return layer }
    return layer.dropLast(old.count) + new
  }
}
