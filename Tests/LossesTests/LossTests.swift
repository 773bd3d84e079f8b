import Checkpoints
import Diffusion
import Foundation
import Goldens
import Losses
import Models
import Tensors
import Testing

/// Against diffusers (Scripts/fixtures/make_losses.py).
@Suite struct LossTests {
  private let goldens: Goldens
  private let loss: DenoisingLoss

  init() throws {
    goldens = try Goldens("losses", in: .module)
    loss = DenoisingLoss(schedule: try EmbeddedModel.schedule())
  }

  private func batch() throws -> DenoisingBatch {
    DenoisingBatch(
      latents: try goldens.tensor("latents"), noise: try goldens.tensor("noise"),
      timesteps: [3, 500, 998], context: Tensor(repeating: 0, shape: [3, 16, 128]))
  }

  @Test func `noisy latents and velocities are the reference's`() throws {
    let batch = try batch()
    #expect(loss.target == .velocity)
    #expect(relativeError(loss.noisy(batch), try goldens.tensor("noisy")) < 1e-6)
    #expect(relativeError(loss.wanted(batch), try goldens.tensor("velocity")) < 1e-6)
  }

  @Test(arguments: ["epsilon", "sample"])
  func `other networks predict the noise or the latents themselves`(kind: String) throws {
    let text = #"{"_class_name": "DDIMScheduler", "prediction_type": "\#(kind)"}"#
    let loss = DenoisingLoss(
      schedule: try NoiseSchedule(configuration: SchedulerConfiguration(json: Array(text.utf8))))
    let batch = try batch()
    let wanted = kind == "epsilon" ? batch.noise : batch.latents
    #expect(loss.wanted(batch).values == wanted.values)
  }

  @Test func `the weight of a velocity's error is the reference's`() throws {
    let wanted = try goldens.tensor("velocity weights").values
    for (timestep, weight) in zip([3, 500, 998], wanted) {
      #expect(abs(loss.velocityWeight(at: timestep) - weight) < 1e-5 * weight)
    }
    #expect(loss.velocityWeight(at: 999) == 1)
    #expect(loss.velocityWeight(at: 0) < 0.01)
  }

  @Test func `weights of samples and pixels count`() throws {
    let network = try EmbeddedModel.unet()
    var generator = TorchGenerator(seed: 1)
    var batch = DenoisingBatch(
      latents: generator.normal(shape: [2, 8, 8, 8]), noise: generator.normal(shape: [2, 8, 8, 8]),
      timesteps: [100, 900], conditioning: generator.normal(shape: [2, 8, 8, 9]),
      context: generator.normal(shape: [2, 16, 128]))
    func value() throws -> Float { try loss(network, batch).values[0] }
    let plain = try value()
    batch.sampleWeights = [2, 0]
    let first = try value()
    batch.sampleWeights = [0, 2]
    let second = try value()
    #expect(abs((first + second) / 2 - plain) < 1e-5 * plain)
    #expect(abs(first - second) > 0.01 * plain)
    batch.sampleWeights = []
    batch.pixelWeights = Tensor(repeating: 0.5, shape: [2, 8, 8, 1])
    #expect(abs(try value() - plain / 2) < 1e-5 * plain)
  }

  @Test func `a batch whose parts do not fit is refused`() throws {
    let network = try EmbeddedModel.unet()
    var wrong = try batch()
    wrong.timesteps = [1, 2, 1_000]
    #expect(throws: LossError.timesteps([1, 2, 1_000], below: 1_000)) { try loss(network, wrong) }
    wrong = try batch()
    wrong.noise = Tensor(repeating: 0, shape: [3, 5, 4, 7])
    #expect(throws: LossError.shape("noise", [3, 5, 4, 7])) { try loss(network, wrong) }
    wrong = try batch()
    wrong.sampleWeights = [1]
    #expect(throws: LossError.self) { try loss(network, wrong) }
    wrong = try batch()
    wrong.pixelWeights = Tensor(repeating: 0, shape: [3, 5, 4, 2])
    #expect(throws: LossError.self) { try loss(network, wrong) }
    // Without what the network sees behind the latents it has too few channels.
    #expect(throws: LossError.self) { try loss(network, try batch()) }
    let autoencoder = try EmbeddedModel.autoencoder()
    let image = Tensor(repeating: 0, shape: [1, 16, 16, 3])
    #expect(throws: LossError.self) {
      try AutoencoderLoss()(autoencoder, images: image, noise: image)
    }
  }

  @Test(arguments: [AutoencoderLoss.Reconstruction.absolute, .squared])
  func `the autoencoder's loss has a part for pictures and one for latents`(
    reconstruction: AutoencoderLoss.Reconstruction
  ) throws {
    let network = try EmbeddedModel.autoencoder()
    var generator = TorchGenerator(seed: 2)
    let images = generator.normal(shape: [2, 32, 32, 3]) * 0.3
    let noise = generator.normal(shape: [2, 4, 4, 8])
    func value(_ weight: Float) throws -> Float {
      try AutoencoderLoss(reconstruction: reconstruction, divergenceWeight: weight)(
        network, images: images, noise: noise
      ).values[0]
    }
    let (mean, logVariance) = try network.encode(images)
    let drawn = zip(zip(mean.values, logVariance.values), noise.values).map { moments, noise in
      moments.0 + Foundation.exp(moments.1 / 2) * noise
    }
    let decoded = try network.decode(Tensor(drawn, shape: mean.shape))
    let distances = zip(decoded.values, images.values).map { Double($0) - Double($1) }
    let wanted =
      distances.reduce(0) { $0 + (reconstruction == .squared ? $1 * $1 : abs($1)) }
      / Double(distances.count)
    #expect(abs(Double(try value(0)) - wanted) < 1e-5 * wanted)
    let divergence = zip(mean.values, logVariance.values).reduce(0.0) { total, moments in
      let (mean, logVariance) = (Double(moments.0), Double(moments.1))
      return total + (mean * mean + Foundation.exp(logVariance) - logVariance - 1) / 4
    }
    let both = wanted + 0.01 * divergence
    #expect(abs(Double(try value(0.01)) - both) < 1e-5 * both)
  }
}
