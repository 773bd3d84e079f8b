import Checkpoints
import Models

/// A judge's `config.json`, or the names and shapes of a checkpoint that comes without one, as a
/// JSON object of lists.
final class JudgeTarget: FuzzTarget {
  static let name = "judge"
  static let sources = [
    "Engine/Models/BLIP/BLIPRetrievalConfiguration.swift",
    "Engine/Models/BLIP/BLIPRewardConfiguration+File.swift",
    "Engine/Models/Coherence/CoherenceConfiguration.swift",
    "Engine/Models/VisionTransformer/VisionTransformerConfiguration.swift",
    "Engine/Models/BERT/BERTConfiguration.swift", "Engine/Models/PixelStatistics.swift",
    "Engine/Models/RewardArchitecture.swift", "Engine/Models/ShapeReader.swift",
  ]

  init() {}

  func read(_ input: [UInt8]) -> FuzzVerdict {
    do {
      let value = try input.withUnsafeBytes { bytes throws(JSONFault) in
        try JSONParser.parse(bytes, limits: .configuration)
      }
      guard case .object(let members) = value else { return .refused("no object") }
      return try Self.shapes(members).map(Self.readShapes) ?? Self.readConfiguration(members)
    } catch {
      return .refused("\(error)")
    }
  }

  /// The model that `model_type` names, written and read again.
  private static func readConfiguration(_ members: JSONObject) throws -> FuzzVerdict {
    switch members["model_type"] {
    case .string("coherence")?:
      let judge = try CoherenceConfiguration(members, path: "")
      // What a checkpoint is held against; sizes are bounded, so are products.
      guard !judge.weightShapes.isEmpty else { return .wrong("a judge without weights") }
      return try CoherenceConfiguration(object(judge.file), path: "") == judge
        ? .accepted : .wrong("another coherence judge when read again")
    case .string("blip")?:
      let judge = try BLIPRetrievalConfiguration(members, path: "")
      return (1...judge.text.positions).contains(judge.textLength)
        ? .accepted : .wrong("texts of \(judge.textLength) tokens")
    default:
      let judge = try BLIPRewardConfiguration(members, path: "")
      return try BLIPRewardConfiguration(object(judge.file), path: "") == judge
        ? .accepted : .wrong("another reward model when read again")
    }
  }

  private static func object(_ text: String) throws -> JSONObject {
    let value = try Array(text.utf8).withUnsafeBytes { bytes throws(JSONFault) in
      try JSONParser.parse(bytes, limits: .configuration)
    }
    guard case .object(let members) = value else { return JSONObject() }
    return members
  }

  /// The members as shapes, where each is a list of sizes that a file could hold.
  private static func shapes(_ members: JSONObject) -> [String: [Int]]? {
    var shapes: [String: [Int]] = [:]
    for key in members.keys {
      guard case .array(let elements)? = members[key] else { return nil }
      shapes[key] = elements.compactMap { element in
        if case .integer(let size) = element, (0...1 << 31).contains(size) { size } else { nil }
      }
    }
    return shapes.isEmpty ? nil : shapes
  }

  private static func readShapes(_ shapes: [String: [Int]]) throws -> FuzzVerdict {
    let architecture = RewardArchitecture.recognise(shapes)
    switch architecture {
    case .imageReward?, .blipReward?:
      _ = try BLIPRewardConfiguration(shapes: shapes, path: "")
    case .blipRetrieval?:
      _ = try BLIPRetrievalConfiguration(shapes: shapes, path: "")
    default: return .refused("\(architecture.map { $0.rawValue } ?? "no judge")")
    }
    return .accepted
  }
}
