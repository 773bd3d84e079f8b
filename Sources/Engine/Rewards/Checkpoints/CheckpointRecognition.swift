import Checkpoints
import Layers
import Models

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
  }

  package let path: String
  package let kind: Kind
  /// Tensors that it lacks, by the names in the file.
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
    let known = found.filter { !expected.isIgnored($0.key) }
    missing = expected.shapes.keys.filter { found[$0] == nil }.sorted()
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
    }
  }
}

/// What a checkpoint should hold, by the names in its file.
private struct ExpectedTensors {
  let kind: CheckpointRecognition.Kind
  let shapes: [String: [Int]]
  /// Whether a tensor may be there without being used.
  let isIgnored: (String) -> Bool

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
      isIgnored = { layout.canonical($0) == nil }
    } else if let head = LAIONAestheticHead.weightShapes(of: weights.shapes) {
      kind = .laionAesthetic(width: head.width)
      shapes = head.shapes
      isIgnored = { _ in false }
    } else {
      throw RewardError.unusable(
        path: path,
        reason: "its tensors are those of no judge that is known; it begins with "
          + weights.unread.prefix(3).joined(separator: ", "))
    }
  }
}
