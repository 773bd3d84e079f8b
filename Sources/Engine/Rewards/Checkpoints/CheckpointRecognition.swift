import Checkpoints
import Layers
package import Models

/// Which judge a file or folder holds, by its tensors' names and shapes, and what is wrong with it.
package struct CheckpointRecognition: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    /// Such as `ViT-B/32`.
    case clip(variant: String)
    /// A ViT-H/14 in transformers' layout; a plain CLIP of that size looks the same.
    case pickScore
    /// A ViT-H/14 in open_clip's layout; likewise.
    case hpsv2
    /// The head alone; the width of the CLIP embeddings that it reads.
    case laionAesthetic(width: Int)
    /// ImageReward, another reward model of its kind, BLIP's retrieval model, or our judge of pixels.
    case reward(RewardArchitecture)
  }

  package let path: String
  package let kind: Kind
  /// Tensors that it lacks, by the names in the file; BLIP's by those of the original.
  package let missing: [String]
  /// Tensors that the judge does not know.
  package let unexpected: [String]
  /// Tensors of another shape than the rest asks for.
  package let misshapen: [String]

  package var isComplete: Bool { missing.isEmpty && unexpected.isEmpty && misshapen.isEmpty }

  /// Looks at a file, or a folder with `config.json`.
  /// - Throws: `RewardError.unusable` for what cannot be read and for what is no judge.
  package init(path: String) throws(RewardError) {
    let found: [String: [Int]]
    let expected: ExpectedTensors
    do {
      let weights = try WeightStore(judge: path)
      found = weights.shapes
      expected = try ExpectedTensors(weights, path: path)
    } catch let error as RewardError {
      throw error
    } catch {
      throw .unusable(path: path, reason: "\(error)")
    }
    (self.path, kind) = (path, expected.kind)
    let known = Dictionary(
      found.compactMap { name, shape in expected.named(name).map { ($0, shape) } },
      uniquingKeysWith: { first, _ in first })
    missing = expected.shapes.keys.filter { known[$0] == nil }.sorted()
    unexpected = known.keys.filter { expected.shapes[$0] == nil }.sorted()
    misshapen = known.compactMap { name, shape in
      expected.shapes[name].map { $0 != shape } ?? false ? name : nil
    }.sorted()
  }
}

extension CheckpointRecognition: CustomStringConvertible {
  /// What it is, and what is wrong with it, at most three names of each kind.
  package var description: String {
    let faults: KeyValuePairs = [
      "lacks": missing, "has besides": unexpected, "has in other shapes": misshapen,
    ]
    let sentences = faults.filter { !$0.value.isEmpty }.map { verb, names in
      "\(verb) \(names.count) tensors (\(names.prefix(3).joined(separator: ", "))"
        + (names.count > 3 ? ", …)" : ")")
    }
    return ([kind.description] + sentences).joined(separator: "; ")
  }
}

extension CheckpointRecognition.Kind: CustomStringConvertible {
  package var description: String {
    switch self {
    case .clip(let variant): "CLIP \(variant)"
    case .pickScore: "PickScore, or another CLIP ViT-H/14 of transformers"
    case .hpsv2: "HPSv2, or another CLIP ViT-H/14 of open_clip"
    case .laionAesthetic(let width): "LAION's aesthetic head on embeddings of width \(width)"
    case .reward(.imageReward): "ImageReward"
    case .reward(.blipReward): "a reward model of ImageReward's kind"
    case .reward(.blipRetrieval): "BLIP's retrieval model"
    case .reward(.blipRetrievalTransformers): "BLIP's retrieval model of transformers"
    case .reward(.coherence): "this project's coherence judge"
    }
  }
}

/// What a checkpoint should hold, by the names in its file.
private struct ExpectedTensors {
  let kind: CheckpointRecognition.Kind
  let shapes: [String: [Int]]
  /// The name under which `shapes` has a tensor of the file, or nothing for one that may be there
  /// without being used.
  let named: (String) -> String?

  init(_ weights: WeightStore, path: String) throws {
    if let layout = CLIPLayout(names: weights.unread) {
      // The activation has no tensors.
      let configuration =
        layout == .openAI
        ? try CLIPConfiguration(openAI: weights.shapes, path: path, activation: .gelu)
        : try CLIPConfiguration(besides: path)
      let isLarge = configuration.variant == "ViT-H/14"
      kind =
        isLarge
        ? layout == .openAI ? .hpsv2 : .pickScore : .clip(variant: configuration.variant)
      shapes = configuration.weightShapes(layout)
      named = { layout.canonical($0) == nil ? nil : $0 }
    } else if let architecture = RewardArchitecture.recognise(weights.shapes) {
      kind = .reward(architecture)
      shapes = try Self.shapes(architecture, weights, path)
      named = architecture.naming.canonical
    } else if let head = LAIONAestheticHead.weightShapes(of: weights.shapes) {
      kind = .laionAesthetic(width: head.width)
      shapes = head.shapes
      named = { $0 }
    } else {
      throw RewardError.unusable(
        path: path,
        reason: "its tensors are those of no judge that is known; it begins with "
          + weights.unread.prefix(3).joined(separator: ", "))
    }
  }

  private static func shapes(
    _ architecture: RewardArchitecture, _ weights: WeightStore, _ path: String
  ) throws -> [String: [Int]] {
    switch architecture {
    case .imageReward, .blipReward:
      return try BLIPRewardConfiguration(shapes: weights.shapes, path: path).weightShapes
    case .blipRetrieval:
      return try BLIPRetrievalConfiguration(shapes: weights.shapes, path: path).weightShapes
    case .blipRetrievalTransformers:
      let path = configurationPath(of: path)
      return try BLIPRetrievalConfiguration(try JSONFile.object(at: path), path: path).weightShapes
    case .coherence:
      let path = configurationPath(of: path)
      return try CoherenceConfiguration(try JSONFile.object(at: path), path: path).weightShapes
    }
  }
}
