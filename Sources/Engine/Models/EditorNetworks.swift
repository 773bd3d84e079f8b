package import Checkpoints
package import Compute

/// The three networks of an editor, loaded from one folder and found to fit each other.
package struct EditorNetworks: Sendable {
  package let textEncoder: CLIPTextModel
  package let unet: UNet2DConditionModel
  package let autoencoder: PictureAutoencoder
  /// How the weights of linear layers and convolutions are kept.
  package let storage: WeightStorage
  /// The layers of each part, to build it again with other adapters.
  private let caches: [EditorPart: LayerCache]

  /// Whether the denoiser sees mask and masked picture; otherwise the known part of the latent has
  /// to be put back after every step.
  package var seesMask: Bool {
    unet.configuration.inputChannels != autoencoder.configuration.latentChannels
  }

  /// Reads, checks and converts every weight.
  /// - Parameters:
  ///   - storage: of linear layers and convolutions; everything else is kept in 32 bits.
  ///   - adapters: become part of the weights, each times its own weight.
  package init(
    folder: ModelFolder, storage: WeightStorage = .float32,
    merging adapters: [(file: AdapterFile, weight: Double)] = []
  ) throws(ModelError) {
    let caches = Dictionary(
      uniqueKeysWithValues: EditorPart.allCases.map { ($0, LayerCache()) })
    func building(_ part: EditorPart) -> LayerBuilding {
      LayerBuilding(
        cache: caches[part], storage: storage,
        merged: adapters.map { ($0.file.factors[part] ?? [:], Float($0.weight)) })
    }
    try Self.checkClasses(folder)
    let textPath = folder.configurationPath(of: "text_encoder")
    let unetPath = folder.configurationPath(of: "unet")
    let autoencoderPath = folder.configurationPath(of: "vae")
    do {
      let text = try CLIPTextConfiguration(
        try folder.configuration(of: "text_encoder"), path: textPath)
      let denoiser = try UNetConfiguration(try folder.configuration(of: "unet"), path: unetPath)
      let pictures = try PictureAutoencoderConfiguration(
        try folder.configuration(of: "vae"), path: autoencoderPath,
        className: folder.index.components["vae"]?.className)
      try Self.checkFit(text, denoiser, pictures, path: unetPath)
      textEncoder = try CLIPTextModel(
        configuration: text,
        weights: try folder.weights(of: "text_encoder", naming: .textEncoder)
          .built(building(.textEncoder)))
      unet = try UNet2DConditionModel(
        configuration: denoiser,
        weights: try folder.weights(of: "unet").built(building(.unet)))
      autoencoder = try PictureAutoencoder(
        configuration: pictures,
        weights: try folder.weights(of: "vae", naming: .autoencoder).built(building(.autoencoder)))
    } catch let error as CheckpointError {
      throw .checkpoint(error)
    } catch let error as ModelError {
      throw error
    } catch {
      throw .invalidInput(model: folder.path, reason: "\(error)")
    }
    (self.storage, self.caches) = (storage, caches)
    for adapter in adapters { _ = try self.adapter(adapter.file) }
    // Weights were read in one layout and kept in another: the first one's buffers are spare now.
    BufferPool.shared.trim()
  }

  /// The same autoencoder with other networks, built of the same layers.
  init(
    _ other: EditorNetworks, textEncoder: CLIPTextModel, unet: UNet2DConditionModel
  ) {
    self.textEncoder = textEncoder
    self.unet = unet
    (autoencoder, storage, caches) = (other.autoencoder, other.storage, other.caches)
  }

  func cache(_ part: EditorPart) -> LayerCache { caches[part] ?? LayerCache() }

  private static let classes = [
    "text_encoder": ["CLIPTextModel"], "unet": ["UNet2DConditionModel"],
    "vae": PictureAutoencoderConfiguration.classes,
  ]

  private static func checkClasses(_ folder: ModelFolder) throws(ModelError) {
    for (part, expected) in classes.sorted(by: { $0.key < $1.key }) {
      let found = folder.index.components[part]?.className ?? "absent"
      guard expected.contains(found) else {
        throw .unsupportedValue(
          path: "\(folder.path)/model_index.json", key: part, value: found,
          supported: expected.joined(separator: " or "))
      }
    }
  }

  /// The denoiser sees the noisy latent, and in an inpainting model then mask and conditioning
  /// latent; and the text.
  private static func checkFit(
    _ text: CLIPTextConfiguration, _ unet: UNetConfiguration,
    _ autoencoder: PictureAutoencoderConfiguration, path: String
  ) throws(ModelError) {
    func fault(_ key: String, _ reason: String) -> ModelError {
      .inconsistent(path: path, key: key, reason: reason)
    }
    guard autoencoder.imageChannels == 3, autoencoder.outputChannels == 3 else {
      throw fault("in_channels", "of the autoencoder must be 3: red, green, blue")
    }
    let latent = autoencoder.latentChannels
    guard [latent, 2 * latent + 1].contains(unet.inputChannels) else {
      throw fault(
        "in_channels",
        "is \(unet.inputChannels), but an inpainting model over \(latent) latent channels has "
          + "\(2 * latent + 1), and one without conditioning \(latent)")
    }
    guard unet.outputChannels == latent else {
      throw fault("out_channels", "is \(unet.outputChannels), but latents have \(latent) channels")
    }
    guard unet.contextWidth == text.width else {
      throw fault(
        "cross_attention_dim", "is \(unet.contextWidth), but the text encoder gives \(text.width)")
    }
  }
}
