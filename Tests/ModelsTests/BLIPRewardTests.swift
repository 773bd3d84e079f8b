import Checkpoints
import Foundation
import Models
import Tensors
import Testing

/// The reward model against the package image-reward (Scripts/fixtures/make_blip.py).
@Suite struct BLIPRewardTests {
  private let fixture: Fixture
  private let configuration: BLIPRewardConfiguration

  init() throws {
    fixture = try Fixture("blip-reward")
    configuration = try BLIPRewardConfiguration(try fixture.members(), path: "config.json")
  }

  private func texts() throws -> (tokens: [[Int]], lengths: [Int]) {
    let lengths = try fixture.golden.integers("lengths")
    let tokens = try fixture.golden.integers("tokens")
    let width = tokens.count / lengths.count
    return (lengths.indices.map { Array(tokens[$0 * width..<($0 + 1) * width]) }, lengths)
  }

  /// The error against the reference, after tampering with configuration, weights or texts.
  private func error(
    configure: (inout BLIPRewardConfiguration) -> Void = { _ in },
    tamper: (inout [String: Tensor]) -> Void = { _ in },
    rewrite: (inout [[Int]], inout [Int]) -> Void = { _, _ in }
  ) throws -> Double {
    var (configuration, weights) = (configuration, try fixture.weights(.blipReward))
    var (tokens, lengths) = try texts()
    configure(&configuration)
    tamper(&weights)
    rewrite(&tokens, &lengths)
    let model = try BLIPRewardModel(
      configuration: configuration, weights: WeightStore(tensors: weights))
    let rewards = try model(
      pixels: try fixture.picture("pixels"), tokens: tokens, lengths: lengths)
    return relativeError(
      configuration.standardised(rewards).reshaped([lengths.count, 1]),
      try fixture.golden.tensor("rewards"))
  }

  @Test func `rewards are the reference's`() throws {
    let found = try error()
    print("blip-reward: \(found)")
    #expect(found < usual)
  }

  @Test func `the sizes are read off the shapes where no configuration is`() throws {
    var found = try BLIPRewardConfiguration(
      shapes: try WeightStore(folder: fixture.path, naming: .blipReward).shapes, path: "memory")
    // Heads of 64 channels are assumed, and these have 8.
    #expect(found.vision.heads == 1)
    (found.vision.heads, found.text.heads) = (4, 3)
    found.textLength = 12
    #expect(found == configuration)
  }

  @Test func `padding changes no bit`() throws {
    let model = try BLIPRewardModel(
      configuration: configuration,
      weights: WeightStore(folder: fixture.path, naming: .blipReward))
    let (tokens, lengths) = try texts()
    let pixels = try fixture.picture("pixels")
    let whole = try model(pixels: pixels, tokens: tokens, lengths: lengths).values
    for (row, length) in lengths.enumerated() {
      let alone = try model(
        pixels: pixels.slice(row..<row + 1, axis: 0), tokens: [Array(tokens[row][..<length])],
        lengths: [length])
      #expect(alone.values[0].bitPattern == whole[row].bitPattern)
    }
    let other = tokens.indices.map { row in
      tokens[row].enumerated().map { $0 < lengths[row] ? $1 : 17 }
    }
    #expect(try model(pixels: pixels, tokens: other, lengths: lengths).values == whole)
  }

  // MARK: Faults

  /// What could be built wrongly without any shape being wrong.
  enum Planted: String, CaseIterable, CustomTestStringConvertible {
    case visionQueriesAndKeysSwapped, textQueriesAndKeysSwapped, crossKeysAndValuesSwapped
    case visionEpsilon, textEpsilon, visionHeads, textHeads
    case classTokenLast, tokensReversed, tokensShifted, paddingSeen
    case noCrossAttention, activationInTheHead, meanForgotten, lastTokenInsteadOfFirst

    var testDescription: String { rawValue }
  }

  private func swapQueriesAndKeys(_ weights: inout [String: Tensor], _ name: String) {
    for kind in ["weight", "bias"] {
      guard let x = weights["\(name).\(kind)"] else { continue }
      let rows = x.shape[0] / 3
      weights["\(name).\(kind)"] = Tensor.concatenated(
        [
          x.slice(rows..<2 * rows, axis: 0), x.slice(0..<rows, axis: 0),
          x.slice(2 * rows..<3 * rows, axis: 0),
        ], axis: 0)
    }
  }

  private func swap(_ weights: inout [String: Tensor], _ name: String, _ a: String, _ b: String) {
    for kind in ["weight", "bias"] {
      let (first, second) = (weights["\(name).\(a).\(kind)"], weights["\(name).\(b).\(kind)"])
      (weights["\(name).\(a).\(kind)"], weights["\(name).\(b).\(kind)"]) = (second, first)
    }
  }

  private func error(_ fault: Planted) throws -> Double {
    let layer = "blip.text_encoder.encoder.layer.1"
    switch fault {
    case .visionQueriesAndKeysSwapped:
      return try error(tamper: {
        swapQueriesAndKeys(&$0, "blip.visual_encoder.blocks.1.attn.qkv")
      })
    case .textQueriesAndKeysSwapped:
      return try error(tamper: { swap(&$0, "\(layer).attention.self", "query", "key") })
    case .crossKeysAndValuesSwapped:
      return try error(tamper: { swap(&$0, "\(layer).crossattention.self", "key", "value") })
    case .visionEpsilon: return try error(configure: { $0.vision.epsilon = 1e-5 })
    case .textEpsilon: return try error(configure: { $0.text.epsilon = 1e-5 })
    case .visionHeads: return try error(configure: { $0.vision.heads = 2 })
    case .textHeads: return try error(configure: { $0.text.heads = 6 })
    case .classTokenLast: return try error(tamper: { self.moveClassPosition(&$0) })
    case .tokensReversed:
      return try error(rewrite: { tokens, lengths in
        for row in tokens.indices {
          let length = lengths[row]
          tokens[row] = tokens[row][..<length].reversed() + tokens[row][length...]
        }
      })
    case .tokensShifted:
      return try error(rewrite: { tokens, _ in tokens = tokens.map { $0.dropFirst() + [0] } })
    case .paddingSeen:
      return try error(rewrite: { tokens, lengths in lengths = tokens.map(\.count) })
    case .noCrossAttention: return try assembledError(looksAtPicture: false)
    case .activationInTheHead: return try assembledError(activated: true)
    case .meanForgotten: return try error(configure: { $0.rewardMean = 0 })
    case .lastTokenInsteadOfFirst:
      return try error(rewrite: { tokens, lengths in
        for row in tokens.indices { tokens[row].swapAt(0, lengths[row] - 1) }
      })
    }
  }

  /// The first place's position goes to the last token.
  private func moveClassPosition(_ weights: inout [String: Tensor]) {
    let name = "blip.visual_encoder.pos_embed"
    weights[name] = weights[name].map { table in
      let count = table.shape[1]
      return Tensor.concatenated(
        [table.slice(1..<count, axis: 1), table.slice(0..<1, axis: 1)], axis: 1)
    }
  }

  /// The model put together of its parts, with what it must not do.
  private func assembledError(
    looksAtPicture: Bool = true, activated: Bool = false
  ) throws -> Double {
    var weights = WeightStore(tensors: try fixture.weights(.blipReward))
    let vision = try VisionTransformer("blip.visual_encoder", configuration.vision, &weights)
    let text = try BERTEncoder("blip.text_encoder", configuration.text, &weights)
    let (tokens, lengths) = try texts()
    let image = try vision(try fixture.picture("pixels"))
    var features = try text(
      tokens: tokens, lengths: lengths, image: looksAtPicture ? image : nil)
    for (layer, outputs) in configuration.headWidths.enumerated() {
      let name = "mlp.layers.\([0, 2, 4, 6, 7][layer])"
      let weight = try weights.take("\(name).weight", shape: [outputs, features.shape[1]])
      features =
        features.matrixProduct(weight, transposingRight: true)
        + (try weights.take("\(name).bias", shape: [outputs]))
      if activated, outputs > 1 { features = features.relu() }
    }
    return relativeError(
      configuration.standardised(features), try fixture.golden.tensor("rewards"))
  }

  @Test func `the parts put together by hand are the model`() throws {
    #expect(try assembledError() < usual)
  }

  @Test(arguments: Planted.allCases) func `a planted fault is seen`(fault: Planted) throws {
    let found = try error(fault)
    #expect(found > 5 * bound, "\(found)")
  }

  @Test func `every tensor matters, and every bias`() throws {
    // A bias of the keys adds the same to all scores of a query: the softmax does not see it.
    let names = try fixture.weights(.blipReward).keys.filter { !$0.hasSuffix("self.key.bias") }
    try onOneThread {
      for name in names {
        let turned = try error(tamper: { $0[name] = $0[name].map(reversed) })
        #expect(turned > bound || name.hasSuffix("layers.7.bias"), "\(name)")
        guard name.hasSuffix("bias") else { continue }
        let dropped = try error(tamper: { $0[name] = $0[name].map { $0 * 0 } })
        #expect(dropped > bound, "\(name)")
      }
    }
  }

  // MARK: Refusals

  @Test func `missing and unexpected tensors are reported by name`() throws {
    let name = "blip.visual_encoder.norm.bias"
    #expect {
      try error(tamper: { $0[name] = nil })
    } throws: {
      if case CheckpointError.missingTensor(_, name, _, _)? = $0 as? CheckpointError {
        true
      } else {
        false
      }
    }
    #expect {
      try error(tamper: { $0["blip.text_encoder.pooler.dense.bias"] = Tensor(0) })
    } throws: {
      $0 as? CheckpointError
        == .unexpectedTensors(path: "memory", tensors: ["blip.text_encoder.pooler.dense.bias"])
    }
  }

  @Test func `what cannot be judged is refused`() throws {
    let model = try BLIPRewardModel(
      configuration: configuration,
      weights: WeightStore(folder: fixture.path, naming: .blipReward))
    let pixels = try fixture.picture("pixels").slice(0..<1, axis: 0)
    func refused(_ pixels: Tensor, _ tokens: [[Int]], _ lengths: [Int]) {
      #expect(throws: ModelError.self) {
        try model(pixels: pixels, tokens: tokens, lengths: lengths)
      }
    }
    refused(pixels, [[1, 2]], [3])
    refused(pixels, [[1, 2]], [0])
    refused(pixels, [[1, 2]], [])
    refused(pixels, [[1, 61]], [2])
    refused(pixels, [[]], [0])
    refused(pixels, [], [])
    refused(pixels, [[Int](repeating: 1, count: 17)], [17])
    refused(pixels, [[1], [2]], [1, 1])
    refused(pixels.slice(0..<16, axis: 1), [[1]], [1])
    refused(pixels.reshaped([32, 32, 3]), [[1]], [1])
  }
}
