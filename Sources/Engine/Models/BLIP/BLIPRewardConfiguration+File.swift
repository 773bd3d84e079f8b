package import Checkpoints

extension BLIPRewardConfiguration {
  /// Reads the members of a judge's `config.json` (docs/judges.md).
  package init(_ members: JSONObject, path: String) throws(ModelError) {
    var reader = ConfigurationReader(members, path: path, ignoring: [])
    try reader.neutral("model_type", .string("blip_reward"))
    vision = try VisionTransformerConfiguration(&reader, hasClassToken: true)
    text = try BERTConfiguration(&reader, imageWidth: vision.width)
    headWidths = try reader.integers("head_widths", in: 1...65536, default: [1])
    textLength = try reader.integer(
      "text_length", in: 1...text.positions, default: min(35, text.positions))
    pixels = try PixelStatistics(&reader)
    view = try reader.choice(
      "view", ["picture": .picture, "hole": .hole, "both": .both], default: .picture)
    rewardMean = Float(try reader.number("reward_mean", in: -1e6...1e6, default: 0))
    rewardDeviation = Float(try reader.number("reward_std", in: 1e-6...1e6, default: 1))
    try reader.finish()
    guard headWidths.last == 1 else {
      throw .inconsistent(path: path, key: "head_widths", reason: "does not end with 1")
    }
  }

  /// The judge's `config.json`; `view` is left out where it is the whole picture, as before there
  /// was a choice.
  package var file: String {
    ConfigurationReader.file(
      [("model_type", "\"blip_reward\"")] + vision.members + text.members
        + [("head_widths", "\(headWidths)"), ("text_length", "\(textLength)")] + pixels.members
        + viewMembers + [("reward_mean", "\(rewardMean)"), ("reward_std", "\(rewardDeviation)")])
  }

  private var viewMembers: [(key: String, text: String)] {
    view == .picture ? [] : [("view", "\"\(view.rawValue)\"")]
  }

  /// Reads the sizes off a checkpoint that has no configuration.
  ///
  /// What shapes do not tell is as published: heads of 64 channels, the epsilons, and the constants
  /// of ImageReward v1.0.
  /// - Parameter shapes: of every tensor, by the names of ImageReward's checkpoint.
  package init(shapes: [String: [Int]], path: String) throws(ModelError) {
    let reader = ShapeReader(shapes: shapes, path: path)
    vision = try reader.visionTransformer("blip.visual_encoder")
    text = try reader.bert("blip.text_encoder", imageWidth: vision.width)
    var widths: [Int] = []
    while let shape = shapes["mlp.layers.\(Self.headIndex(widths.count)).weight"],
      let width = shape.first
    {
      widths.append(width)
    }
    guard widths.last == 1 else {
      throw .inconsistent(
        path: path, key: "mlp.layers", reason: "gives \(widths), which does not end with 1")
    }
    headWidths = widths
    let published = Self.imageReward
    (textLength, pixels) = (min(published.textLength, text.positions), published.pixels)
    view = .picture
    (rewardMean, rewardDeviation) = (published.rewardMean, published.rewardDeviation)
  }
}
