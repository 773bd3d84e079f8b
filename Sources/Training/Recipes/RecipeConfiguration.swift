package import Foundation
package import Models

/// Everything that a recipe is told; what a document leaves out has the recipe's own default.
package struct RecipeConfiguration: Codable, Sendable, Equatable {
  package var run = RunSettings()
  package var network = NetworkSettings()
  package var data = DataSettings()
  /// Read by the alignment recipe alone.
  package var alignment = AlignmentSettings()

  /// The recipe's defaults: they fit the embedded judges and two cores.
  package init(for recipe: JudgeRecipe) {
    switch recipe {
    case .aesthetic: network.view = .both
    case .alignment:
      // A sample is two pictures and six texts.
      (run.batch, run.microBatch) = (16, 16)
    case .coherence:
      // Four times as many patches.
      (network.patch, network.layers) = (8, 2)
      (run.batch, run.microBatch, run.steps) = (16, 16, 8_000)
      run.learningRate = 1e-3
    }
  }

  /// - Parameter document: a JSON object in the shape of this type; throws for names that are
  ///   unknown and values that cannot be.
  package init(for recipe: JudgeRecipe, document: Data) throws(RecipeError) {
    self = try SettingsReader.read(document, over: RecipeConfiguration(for: recipe))
    try run.check()
    try network.check()
    guard recipe != .coherence || (network.patch > 1 && network.patch.nonzeroBitCount == 1) else {
      throw .invalidSetting(
        name: "network.patch", reason: "is \(network.patch), but must be a power of two above 1")
    }
    guard recipe == .aesthetic || network.view == .picture else {
      throw .invalidSetting(
        name: "network.view", reason: "must be picture: \(recipe.rawValue) looks at all of it")
    }
    try data.check()
    try alignment.check()
  }
}

/// The judge's network: its sizes, what it looks at, and where its weights begin.
package struct NetworkSettings: Codable, Sendable, Equatable {
  /// Pixels of the picture's side, and of a patch's.
  package var imageSize = 128
  package var patch = 16
  package var width = 192
  package var heads = 6
  package var layers = 4
  /// Of the text half; coherence has none.
  package var textLayers = 3
  package var textHeads = 6
  /// Tokens that a text may have.
  package var textTokens = 32
  /// How much of an edited picture it looks at.
  package var view = JudgeView.picture
  /// A judge's folder whose weights and words training begins with; random weights where it is empty.
  package var start = ""
  /// Another judge's folder, of the same sizes and words: training begins with the average of both.
  package var blend = ""
  /// What part of that average is `blend`'s, 0...1.
  package var blendShare = 0.5

  package init() {}

  /// Runs that were begun before there was a choice have the whole picture and random weights.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    imageSize = try values.decode(Int.self, forKey: .imageSize)
    patch = try values.decode(Int.self, forKey: .patch)
    width = try values.decode(Int.self, forKey: .width)
    heads = try values.decode(Int.self, forKey: .heads)
    layers = try values.decode(Int.self, forKey: .layers)
    textLayers = try values.decode(Int.self, forKey: .textLayers)
    textHeads = try values.decode(Int.self, forKey: .textHeads)
    textTokens = try values.decode(Int.self, forKey: .textTokens)
    view = try values.decodeIfPresent(JudgeView.self, forKey: .view) ?? .picture
    start = try values.decodeIfPresent(String.self, forKey: .start) ?? ""
    blend = try values.decodeIfPresent(String.self, forKey: .blend) ?? ""
    blendShare = try values.decodeIfPresent(Double.self, forKey: .blendShare) ?? 0.5
  }

  func check() throws(RecipeError) {
    let sizes = [
      ("imageSize", imageSize), ("patch", patch), ("width", width), ("heads", heads),
      ("layers", layers), ("textLayers", textLayers), ("textHeads", textHeads),
      ("textTokens", textTokens),
    ]
    for (name, size) in sizes where !(1...4_096).contains(size) {
      throw .invalidSetting(name: "network.\(name)", reason: "is \(size), but must be 1 to 4096")
    }
    guard (0...1).contains(blendShare) else {
      throw .invalidSetting(
        name: "network.blendShare", reason: "is \(blendShare), but must be 0 to 1")
    }
    guard blend.isEmpty || !start.isEmpty else {
      throw .invalidSetting(
        name: "network.blend", reason: "needs a judge to be averaged with: name it as network.start"
      )
    }
    guard imageSize % patch == 0 else {
      throw .invalidSetting(
        name: "network.patch", reason: "is \(patch), but must divide \(imageSize) pixels")
    }
    for (name, count) in [("heads", heads), ("textHeads", textHeads)] where width % count != 0 {
      throw .invalidSetting(
        name: "network.\(name)", reason: "is \(count), but must divide the width \(width)")
    }
  }
}

/// Where pictures come from.
package struct DataSettings: Codable, Sendable, Equatable {
  /// A folder of sprites with its manifest; the generator's own objects alone where it is empty.
  package var sprites = ""
  /// A folder of photographs, used as backgrounds; none where it is empty.
  package var photographs = ""
  /// Folders of candidate sets, which an editor drew.
  package var candidates: [String] = []
  /// Edits that a coherence recipe has the editor draw where no candidates are given.
  package var candidatesDrawn = 800

  package init() {}

  func check() throws(RecipeError) {
    guard (16...1_000_000).contains(candidatesDrawn) else {
      throw .invalidSetting(name: "data.candidatesDrawn", reason: "must be 16 to 1000000 edits")
    }
    for path in candidates + [photographs, sprites] where path.contains("\u{0}") {
      throw .invalidSetting(name: "data", reason: "has a path with a zero in it")
    }
  }
}
