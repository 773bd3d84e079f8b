import Checkpoints
import Foundation
import Models
import Tensors
import Testing

/// Whole folders, put together from the fixtures by symbolic links, as download caches are.
@Suite struct EditorNetworksTests {
  private func load(
    text: String = "clip-quick-gelu", unet: String = "unet-embedded",
    vae: String = "vae-embedded", unetClass: String = "UNet2DConditionModel",
    vaeClass: String = "AutoencoderKL"
  ) throws -> EditorNetworks {
    let assembly = try Assembly(
      text: text, unet: unet, vae: vae, unetClass: unetClass, vaeClass: vaeClass)
    return try EditorNetworks(folder: try ModelFolder(path: assembly.path))
  }

  @Test func `an editor's networks are loaded and fit each other`() throws {
    let networks = try load()
    let (mean, _) = try networks.autoencoder.encode(Tensor(repeating: 0.5, shape: [1, 16, 16, 3]))
    let context = try networks.textEncoder(tokens: [[59, 1, 2, 60]])
    let mask = Tensor(repeating: 1, shape: [1, 2, 2, 1])
    let noise = try networks.unet(
      sample: Tensor.concatenated([mean, mask, mean], axis: 3), timestep: 500, context: context)
    #expect(try networks.autoencoder.decode(noise).shape == [1, 16, 16, 3])
    #expect(networks.seesMask)
  }

  @Test func `a U-Net that sees the latent alone fits too`() throws {
    let networks = try load(
      text: "clip-sd2", unet: "unet-sd2", vae: "vae-tiny", vaeClass: "AutoencoderTiny")
    #expect(!networks.seesMask && networks.autoencoder.downsamplingFactor == 8)
    #expect(networks.autoencoder.configuration.scalingFactor == 1)
  }

  @Test func `parts of different models are refused by the key that differs`() throws {
    for (load, key) in [
      ({ try self.load(unet: "unet-sd") }, "in_channels"),
      ({ try self.load(vae: "vae-sd") }, "in_channels"),
      ({ try self.load(unet: "unet-sd", vae: "vae-sd") }, "cross_attention_dim"),
      ({ try self.load(unetClass: "UNet2DModel") }, "unet"),
      ({ try self.load(text: "vae-sd") }, "_class_name"),
      ({ try self.load(vae: "vae-tiny") }, "_class_name"),
      ({ try self.load(vaeClass: "AutoencoderTiny") }, "_class_name"),
      ({ try self.load(vaeClass: "VQModel") }, "vae"),
    ] as [(() throws -> EditorNetworks, String)] {
      let error = #expect(throws: ModelError.self) { try load() }
      #expect(error?.description.contains("\"\(key)\"") == true, "\(String(describing: error))")
    }
  }
}
