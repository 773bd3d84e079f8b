package import Checkpoints
package import Diffusion
import Models
import Tokenizers

/// A model folder, loaded and ready to edit.
package struct EditorModel: Sendable {
  /// What the model is called in receipts and lists.
  package let name: String
  /// SHA-256 over the model's files.
  package let hash: String
  package let settings: ModelSettings
  /// The sampler that the folder names, unless its `byteedit.json` names another.
  package let sampler: SamplerKind
  package let pipeline: InpaintingPipeline

  /// Loads a diffusers folder.
  /// - Throws: the error of the part that cannot be read, or `EditError.model` where the parts do
  ///   not make an inpainting editor.
  package init(folder path: String, name: String) throws {
    let folder = try ModelFolder(path: path)
    let schedule = try NoiseSchedule(configuration: SchedulerConfiguration(folder: folder))
    pipeline = InpaintingPipeline(
      tokenizer: try CLIPTokenizer(folder: path + "/tokenizer"),
      textEncoder: try CLIPTextModel(folder: folder),
      unet: try UNet2DConditionModel(folder: folder),
      autoencoder: try AutoencoderKL(folder: folder), schedule: schedule)
    self.name = name
    hash = try folder.hash()
    settings = folder.settings
    sampler = .ddim
    try Self.check(pipeline)
  }

  /// The U-Net takes noisy latent, mask and conditioning latent: 2C + 1 channels.
  private static func check(_ pipeline: InpaintingPipeline) throws(EditError) {
    let latents = pipeline.autoencoder.configuration.latentChannels
    let wanted = 2 * latents + 1
    let given = pipeline.unet.configuration.inChannels
    guard given == wanted else {
      throw .model(
        "the U-Net takes \(given) channels; an inpainting U-Net for an autoencoder of \(latents) "
          + "latent channels takes \(wanted): noisy latent, mask, masked-image latent")
    }
  }
}
