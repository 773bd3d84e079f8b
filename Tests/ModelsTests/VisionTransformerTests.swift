import Checkpoints
import Models
import Tensors
import Testing

@Suite struct VisionTransformerTests {
  /// A transformer whose states are its positions: everything before the last normalisation is
  /// nought but the table.
  private func positions(_ table: Tensor, grid: Int) throws -> Tensor {
    let configuration = VisionTransformerConfiguration(
      imageSize: 8 * grid, patchSize: 8, width: 8, layers: 1, heads: 1)
    let reward = BLIPRewardConfiguration(
      vision: configuration,
      text: BERTConfiguration(
        vocabularySize: 1, width: 1, layers: 1, heads: 1, positions: 1, imageWidth: 8),
      headWidths: [1])
    var weights = reward.initialWeights(seed: 1).filter { $0.key.contains("visual_encoder") }
    for (name, tensor) in weights where !name.contains("norm") { weights[name] = tensor * 0 }
    weights["blip.visual_encoder.pos_embed"] = table
    var store = WeightStore(tensors: weights)
    let model = try VisionTransformer("blip.visual_encoder", configuration, &store)
    try store.finish()
    return try model(Tensor(repeating: 0, shape: [1, 8 * grid, 8 * grid, 3]))
  }

  private func normalised(_ x: Tensor) -> Tensor {
    let mean = x.mean(axes: [-1])
    let variance = (x - mean).squared().mean(axes: [-1])
    return (x - mean) / (variance + 1e-6).squareRoot()
  }

  @Test(arguments: [3, 4, 7, 11]) func `positions of another grid are interpolated as BLIP does`(
    grid: Int
  ) throws {
    let golden = try Fixture("blip-reward").golden
    let table = try golden.tensor("positions")
    let wanted = normalised(try golden.tensor("positions:\(grid)"))
    #expect(relativeError(try positions(table, grid: grid), wanted) < 2e-6)
  }

  @Test func `positions of the same grid are taken as they are`() throws {
    let table = try Fixture("blip-reward").golden.tensor("positions")
    #expect(relativeError(try positions(table, grid: 5), normalised(table)) < 2e-6)
  }

  @Test func `positions that fill no square are refused`() {
    #expect(throws: CheckpointError.self) {
      try positions(Tensor(repeating: 1, shape: [1, 24, 8]), grid: 5)
    }
  }
}
