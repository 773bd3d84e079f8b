import Datasets

/// Two pictures of one scene under one hole that differ in one attribute, each with its caption; or
/// two that an editor drew, each with what was asked for.
struct AlignmentTwins: Sendable {
  struct Side: Sendable {
    var picture: BytePicture
    /// True of this picture, false of the other one.
    var caption: String
    /// False of this picture.
    var wrong: String
  }

  var first: Side
  var second: Side
  var change: EditVariant.Change
  /// Whether an editor drew the objects, in scenes that differ.
  var isDrawn = false
  /// Whether the wrong captions differ from the right ones in the scene alone; else they belong to
  /// some other picture.
  var isWrongByScene: Bool
  var clusters: [String]
}

/// Twins by number.
struct AlignmentData: Sendable {
  /// Of the training twins, how many have lost detail in their hole.
  private static let softened = 0.6
  /// How many training twins an editor drew, where there are candidates.
  private static let drawn = 0.4

  private let sources: TrainingSources
  private let random: SplitMix
  private let drawn: (training: DrawnTwins, heldOut: DrawnTwins)

  init(_ sources: TrainingSources, seed: UInt64) {
    self.sources = sources
    drawn = (DrawnTwins(sources.candidates.training), DrawnTwins(sources.candidates.heldOut))
    random = SplitMix(seed: seed).stream(0x62)
  }

  func trainingTwins(_ index: Int) throws -> AlignmentTwins {
    var choices = random.stream(index).stream(0x64)
    if !drawn.training.isEmpty, choices.chance(Self.drawn) {
      return drawn.training.twins(&choices)
    }
    return try twins(sources.training, random.stream(index), index, softens: true)
  }

  /// Of the world, then as many that an editor drew, where there are candidates.
  func heldOutTwins(_ count: Int) throws -> [AlignmentTwins] {
    try heldOutWorldTwins(count) + heldOutDrawnTwins(count)
  }

  private func heldOutDrawnTwins(_ count: Int) -> [AlignmentTwins] {
    guard !drawn.heldOut.isEmpty else { return [] }
    return (0..<count).map { index in
      var choices = random.stream(-1 - index).stream(0x64)
      return drawn.heldOut.twins(&choices)
    }
  }

  private func heldOutWorldTwins(_ count: Int) throws -> [AlignmentTwins] {
    try inParallel(0..<count) { index in
      try twins(sources.heldOut, random.stream(-1 - index), index, softens: false)
    }
  }

  /// What an editor drew for held-out prompts; without candidates, pictures with right and with wrong
  /// captions.
  func heldOutEdits(_ count: Int) throws -> [(picture: BytePicture, prompt: String)] {
    let sets = sources.candidates.heldOut
    guard sets.isEmpty else {
      return sets.flatMap { set in set.candidates.map { ($0, set.prompt) } }.prefix(count)
        .map(\.self)
    }
    return try heldOutWorldTwins(count / 2).flatMap {
      [($0.first.picture, $0.first.caption), ($0.second.picture, $0.first.caption)]
    }
  }

  // MARK: Twins

  /// The twins of example `index`, or of the next one that has any.
  private func twins(
    _ dataset: any Dataset<EditExample>, _ random: SplitMix, _ index: Int, softens: Bool
  ) throws -> AlignmentTwins {
    for attempt in 0..<64 {
      var choices = random.stream(attempt)
      // Far from every other sample's examples.
      let example = try dataset.example(at: index + attempt * 10_000_019)
      if let (variant, change) = try variant(of: example, &choices) {
        var twins = twins(example, variant, change, &choices)
        if softens, choices.chance(Self.softened) {
          // Editors draw softer than the world is.
          let factor = choices.uniform(1.5..<4)
          twins.first.picture = BytePicture(
            try example.picture.softened(by: factor, in: example.mask))
          twins.second.picture = BytePicture(
            try variant.picture.softened(by: factor, in: example.mask))
        }
        return twins
      }
    }
    throw RecipeError.invalidSetting(
      name: "data", reason: "has no pictures whose object can be exchanged")
  }

  /// What can be changed differs from picture to picture; the rarer change goes first.
  private func variant(
    of example: EditExample, _ choices: inout SplitMix
  ) throws -> (EditVariant, EditVariant.Change)? {
    var changes: [EditVariant.Change] = choices.chance(0.55) ? [.colour, .noun] : [.noun, .colour]
    changes.insert(.relation, at: choices.chance(0.8) ? 0 : 2)
    let number = choices.index(1 << 30)
    for change in changes {
      if let variant = try example.variant(of: change, number: number) { return (variant, change) }
    }
    return nil
  }

  private func twins(
    _ example: EditExample, _ variant: EditVariant, _ change: EditVariant.Change,
    _ choices: inout SplitMix
  ) -> AlignmentTwins {
    let style = CaptionStyle(saysSize: choices.chance(0.3), saysScene: choices.chance(0.6))
    let both = [example.attributes, variant.attributes]
    let scene = choices.chance(0.5) ? otherScene(than: example.attributes, &choices) : nil
    let wrong = both.map { attributes -> String in
      guard let scene else { return otherCaption(than: attributes.caption(style), &choices) }
      var attributes = attributes
      attributes.scene = scene
      return attributes.caption(CaptionStyle(saysSize: style.saysSize, saysScene: true))
    }
    // A caption that is wrong by its scene stands beside one that says the right scene.
    let said = scene == nil ? style : CaptionStyle(saysSize: style.saysSize, saysScene: true)
    func side(_ number: Int, _ picture: BytePicture) -> AlignmentTwins.Side {
      AlignmentTwins.Side(
        picture: picture, caption: both[number].caption(said), wrong: wrong[number])
    }
    return AlignmentTwins(
      first: side(0, BytePicture(example.picture)), second: side(1, BytePicture(variant.picture)),
      change: change, isWrongByScene: scene != nil, clusters: example.clusters.names)
  }

  /// A kind of scene that this picture is not; nil for photographs, of which nothing is said.
  private func otherScene(
    than attributes: SceneAttributes, _ choices: inout SplitMix
  ) -> SceneKind? {
    guard attributes.scene != .photograph else { return nil }
    let others = SceneKind.allCases.filter { $0 != attributes.scene && $0 != .photograph }
    return choices.element(of: others)
  }

  private func otherCaption(than own: String, _ choices: inout SplitMix) -> String {
    for _ in 0..<8 {
      if let other = choices.element(of: sources.captions), other != own { return other }
    }
    return "a picture of something else"
  }
}
