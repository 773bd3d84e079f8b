package import Imaging

/// What a preview shows.
package enum PreviewKind: String, Sendable, CaseIterable {
  /// Finished pictures.
  case scenes
  /// Every object of the catalogue.
  case objects
  /// Pictures with their holes.
  case masks
  /// Background and picture under the same hole, side by side.
  case twins
  /// A picture and its variants: noun, colour, relation.
  case variants
  /// Every sprite of a pack in a scene.
  case sprites
  /// Crops of photographs.
  case photos
}

/// A sheet and its captions.
package struct Preview: Sendable {
  package var cells: [FloatImage] = []
  /// A line for each picture.
  package var captions: [String] = []
  /// Pictures that belong together in a row.
  package var group = 1

  /// - Parameter count: examples that are shown.
  package init(
    _ kind: PreviewKind, of generator: SceneGenerator, from first: Int = 0, count: Int
  ) throws(DatasetError) {
    switch kind {
    case .objects: try addObjects(generator)
    case .sprites: try addSprites(generator)
    case .scenes, .photos, .masks:
      for index in first..<first + count {
        let example = try generator.example(at: index)
        add(
          kind == .masks ? example.picture.showing(example.mask) : example.picture,
          "\(example.task.rawValue): \(example.caption)")
      }
    case .twins: try addTwins(generator, first, count)
    case .variants: try addVariants(generator, first, count)
    }
  }

  private mutating func add(_ cell: FloatImage, _ caption: String) {
    cells.append(cell)
    captions.append(caption)
  }

  private mutating func addTwins(
    _ generator: SceneGenerator, _ first: Int, _ count: Int
  ) throws(DatasetError) {
    group = 3
    var index = first
    while captions.count < count * 3 {
      let example = try generator.example(at: index)
      index += 1
      guard example.instance != nil else { continue }
      add(example.clean, example.cleanCaption)
      add(example.clean.showing(example.mask), example.task.rawValue)
      add(example.picture, example.caption)
    }
  }

  private mutating func addVariants(
    _ generator: SceneGenerator, _ first: Int, _ count: Int
  ) throws(DatasetError) {
    group = 1 + EditVariant.Change.allCases.count
    var index = first
    while captions.count < count * group {
      let example = try generator.example(at: index)
      index += 1
      guard example.instance != nil else { continue }
      add(example.picture.showing(example.mask), example.caption)
      for change in EditVariant.Change.allCases {
        let variant = try example.variant(of: change)
        add(
          variant?.picture
            ?? FloatImage(
              repeating: 0.16, width: generator.side, height: generator.side, channels: 3),
          variant.map { "\(change.rawValue): \($0.caption)" } ?? "no other \(change.rawValue)")
      }
    }
  }

  private mutating func addObjects(_ generator: SceneGenerator) throws(DatasetError) {
    for (number, kind) in Catalogue.kinds.enumerated() {
      let plan = generator.showing(Candidate(kind), number: number)
      add(try generator.picture(of: plan), plan.attributes.caption())
    }
  }

  private mutating func addSprites(_ generator: SceneGenerator) throws(DatasetError) {
    guard let pack = generator.sprites else {
      throw .invalidSetting(name: "sprites", reason: "no pack is given; name a folder")
    }
    for number in pack.sprites.indices {
      let plan = generator.showing(Candidate(sprite: number, of: pack), number: number)
      add(try generator.picture(of: plan), plan.attributes.caption())
    }
  }
}

extension SceneGenerator {
  /// A plan that shows one object, large, where it belongs.
  func showing(_ candidate: Candidate, number: Int) -> ScenePlan {
    var planning = ScenePlanning(
      generator: self, task: .object, random: SplitMix(seed: seed).stream(-1).stream(number))
    return planning.plan(showing: candidate)
  }

  /// The whole picture of a plan, nothing cut by a hole.
  func picture(of plan: ScenePlan) throws(DatasetError) -> FloatImage {
    try SceneRenderer(generator: self).picture(plan, under: nil)
  }
}
