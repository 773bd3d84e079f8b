import Checkpoints
import Foundation
import Models
import Tensors
import Testing

private let parityFolder = ProcessInfo.processInfo.environment["BYTEEDIT_BLIP_PARITY"]

/// A reward model of ImageReward's published size against the package, weights random; the folder
/// comes from `Scripts/fixtures/make_blip.py --full FOLDER`.
@Suite(.enabled(if: parityFolder != nil)) struct BLIPParityTests {
  @Test func `rewards at full size are the reference's`() throws {
    let folder = parityFolder ?? ""
    let golden = try SafetensorsFile(path: "\(folder)/golden.safetensors")
    let file = try SafetensorsFile(path: "\(folder)/model.safetensors")
    let weights = try WeightStore(files: [file], path: folder, naming: .blipReward)
    let configuration = try BLIPRewardConfiguration(shapes: weights.shapes, path: folder)
    #expect(configuration == .imageReward)
    #expect(RewardArchitecture.recognise(weights.shapes) == .imageReward)
    var start = Date()
    let model = try BLIPRewardModel(configuration: configuration, weights: weights)
    print("parity ImageReward: built in \(Date().timeIntervalSince(start)) s")
    start = Date()
    let (lengths, tokens) = (try golden.integers("lengths"), try golden.integers("tokens"))
    let width = tokens.count / lengths.count
    let rewards = try model(
      pixels: try golden.tensor("pixels").nchwToNHWC(),
      tokens: lengths.indices.map { Array(tokens[$0 * width..<($0 + 1) * width]) },
      lengths: lengths)
    let seconds = Date().timeIntervalSince(start)
    let wanted = try golden.tensor("rewards")
    let error = relativeError(
      configuration.standardised(rewards).reshaped([lengths.count, 1]), wanted)
    print("parity ImageReward: relative error \(error), \(seconds) s for \(lengths.count) pictures")
    #expect(error < bound)
  }
}
