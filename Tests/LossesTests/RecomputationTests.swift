import Checkpoints
import Compute
import Losses
import Models
import Optimizers
import Tensors
import Testing

/// The embedded networks with and without blocks that are computed again for gradients.
@Suite(.serialized) struct RecomputationTests {
  private struct Outcome {
    let loss: Float
    let gradients: [[Float]]
    let peak: Int
  }

  private func outcome(
    _ part: String, _ loss: (WeightStore) throws -> Tensor
  ) throws -> Outcome {
    let parameters = try EmbeddedModel.parameters(part).watched()
    let pool = BufferPool()
    return try BufferPool.$current.withValue(pool) {
      let value = try loss(parameters.weights)
      let number = value.values[0]
      let gradients = try value.gradients(withRespectTo: parameters.tensors)
      return Outcome(
        loss: number, gradients: gradients.map(\.values),
        peak: pool.statistics.peakBytesInUse)
    }
  }

  private func compare(_ part: String, _ plain: Outcome, _ again: Outcome) {
    #expect(plain.loss == again.loss)
    #expect(plain.gradients == again.gradients)
    #expect(plain.gradients.allSatisfy { $0.contains { $0 != 0 } })
    let share = Double(again.peak) / Double(plain.peak)
    print("\(part): peak \(plain.peak >> 20) MiB, with blocks computed again \(again.peak >> 20)")
    #expect(share < 0.75)
  }

  @Test func `the denoiser's gradients have the same bits in less memory`() throws {
    let rule = DenoisingLoss(schedule: try EmbeddedModel.schedule())
    let batch = DenoisingBatch(
      latents: CurveData.latents(step: 0, size: 16),
      noise: CurveData.noise(seed: 1, 16, side: 16),
      timesteps: CurveData.timesteps(step: 0, size: 16),
      conditioning: CurveData.noise(seed: 2, 16, side: 16).padded(),
      context: CurveData.context(step: 0, size: 16))
    func run(_ recomputes: Bool) throws -> Outcome {
      try outcome("unet") { weights in
        var network = try EmbeddedModel.unet(weights)
        network.recomputesBlocks = recomputes
        return try rule(network, batch)
      }
    }
    compare("unet", try run(false), try run(true))
  }

  @Test func `the autoencoder's gradients have the same bits in less memory`() throws {
    let images = CurveData.pictures(step: 0, size: 8)
    let noise = CurveData.noise(seed: 3, 8, side: 8)
    func run(_ recomputes: Bool) throws -> Outcome {
      try outcome("vae") { weights in
        var network = try EmbeddedModel.autoencoder(weights)
        network.recomputesBlocks = recomputes
        return try AutoencoderLoss()(network, images: images, noise: noise)
      }
    }
    compare("vae", try run(false), try run(true))
  }
}

extension Tensor {
  /// A mask of ones before the channels: what an inpainting network sees behind its latents.
  fileprivate func padded() -> Tensor {
    Tensor.concatenated(
      [Tensor(repeating: 1, shape: shape.replacing(axis: 3, with: 1)), self], axis: 3)
  }
}
