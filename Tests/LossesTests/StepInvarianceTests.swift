import Checkpoints
import Compute
import Losses
import Models
import Optimizers
import Tensors
import Testing

/// What whole steps of the embedded networks promise.
@Suite(.serialized) struct StepInvarianceTests {
  private static let rule = TrainingStep(learningRate: 1e-3, maximumNorm: 1)

  private func denoising(_ samples: Range<Int>) throws -> DenoisingBatch {
    func part(_ tensor: Tensor) -> Tensor { tensor.slice(samples, axis: 0) }
    let latents = part(CurveData.latents(step: 1, size: 4))
    let masks = part(CurveData.masks(step: 1, size: 4))
    return DenoisingBatch(
      latents: latents, noise: part(CurveData.noise(seed: 5, 4, side: 16)),
      timesteps: Array(CurveData.timesteps(step: 1, size: 4)[samples]),
      conditioning: Tensor.concatenated([masks, latents], axis: 3),
      context: part(CurveData.context(step: 1, size: 4)))
  }

  private func twoSteps(
    of part: String, threads: Int, _ loss: (WeightStore) throws -> Tensor
  ) throws -> [[Float]] {
    try ThreadTeam.$current.withValue(ThreadTeam(threads: threads)) {
      var state = TrainingState(try EmbeddedModel.parameters(part))
      for _ in 0..<2 { _ = try Self.rule(&state) { weights, _ in try loss(weights) } }
      return [state.parameters, try #require(state.average).parameters]
        .flatMap(\.tensors).map(\.values)
    }
  }

  @Test func `threads change no bit of a denoiser's steps`() throws {
    let (loss, batch) = (
      DenoisingLoss(schedule: try EmbeddedModel.schedule()), try denoising(0..<3)
    )
    let results = try [1, 2, 3].map { threads in
      try twoSteps(of: "unet", threads: threads) { try loss(try EmbeddedModel.unet($0), batch) }
    }
    #expect(results[0] == results[1] && results[0] == results[2])
    #expect(results[0].allSatisfy { $0.allSatisfy(\.isFinite) })
  }

  @Test func `threads change no bit of an autoencoder's steps`() throws {
    let images = CurveData.pictures(step: 2, size: 3)
    let noise = CurveData.noise(seed: 6, 3, side: 8)
    let results = try [1, 2, 3].map { threads in
      try twoSteps(of: "vae", threads: threads) {
        try AutoencoderLoss()(try EmbeddedModel.autoencoder($0), images: images, noise: noise)
      }
    }
    #expect(results[0] == results[1] && results[0] == results[2])
    #expect(results[0].allSatisfy { $0.allSatisfy(\.isFinite) })
  }

  @Test func `micro-batches of a denoiser make the step of one large batch`() throws {
    let loss = DenoisingLoss(schedule: try EmbeddedModel.schedule())
    func step(_ parts: [Range<Int>]) throws -> (Parameters, TrainingStep.Report) {
      var state = TrainingState(try EmbeddedModel.parameters("unet"))
      let shares = parts.map { Float($0.count) / 4 }
      let report = try Self.rule(&state, shares: shares) { weights, part in
        try loss(try EmbeddedModel.unet(weights), try denoising(parts[part]))
      }
      return (state.optimizer.firstMoments, report)
    }
    let (whole, report) = try step([0..<4])
    let (parts, partial) = try step([0..<1, 1..<4])
    #expect(abs(report.loss - partial.loss) < 1e-6 * report.loss)
    #expect(abs(report.gradientNorm - partial.gradientNorm) < 1e-5 * report.gradientNorm)
    var (difference, size) = (0.0, 0.0)
    for (a, b) in zip(whole.tensors, parts.tensors) {
      for (x, y) in zip(a.values, b.values) {
        difference += Double(x - y) * Double(x - y)
        size += Double(x) * Double(x)
      }
    }
    #expect((difference / size).squareRoot() < 1e-5)
  }
}
