package import Checkpoints
package import Compute
import Diffusion
package import Models

/// A model folder, loaded and ready to edit.
package struct EditorModel: Sendable {
  /// What the model is called in receipts and lists.
  package let name: String
  /// SHA-256 over the model's files.
  package let hash: String
  package let settings: ModelSettings
  let pipeline: InpaintingPipeline
  let adapters: EditorAdapters
  /// Makes pictures of unfinished candidates; nothing where no autoencoder for it was given.
  let previewer: PreviewDecoder?
  /// The sampler that `byteedit.json` names, or else the folder's scheduler.
  let sampler: SamplerKind

  /// Loads a diffusers folder.
  /// - Parameters:
  ///   - storage: how the weights of linear layers and convolutions are kept.
  ///   - adapters: merged into the weights, or kept for the requests that name them.
  ///   - preview: the folder of the autoencoder that shows unfinished candidates; the model's own
  ///     `preview_vae` by default, and none where that is not there either.
  /// - Throws: the error of the part that cannot be read, or `EditError.model` where the parts do
  ///   not make an inpainting editor.
  package init(
    folder path: String, name: String, storage: WeightStorage = .float32,
    adapters sources: [AdapterSource] = [], preview: String? = nil
  ) throws {
    let folder = try ModelFolder(path: path)
    self.name = name
    hash = try folder.hash()
    settings = folder.settings
    let files = try EditorAdapters.files(sources)
    pipeline = try InpaintingPipeline(
      folder: folder, storage: storage,
      merging: files.filter(\.source.isMerged).map { ($0.file, $0.source.weight) })
    adapters = try EditorAdapters(files, for: pipeline.networks)
    let latentChannels = pipeline.autoencoder.configuration.latentChannels
    previewer = try (preview ?? folder.optionalPath(of: PreviewDecoder.part)).map {
      try PreviewDecoder(folder: $0, latentChannels: latentChannels)
    }
    sampler = try Self.sampler(named: settings.sampler, or: pipeline.folderSampler)
  }

  private static func sampler(
    named name: String?, or folderSampler: SamplerKind?
  ) throws(EditError) -> SamplerKind {
    guard let name else { return folderSampler ?? .ddim }
    guard let sampler = SamplerKind(rawValue: name) else {
      throw .model(
        "byteedit.json: the sampler '\(name)' is none of "
          + SamplerKind.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return sampler
  }

  /// Model pixels of the side, as the folder says or as its networks were trained.
  package var resolution: Int {
    settings.resolution
      ?? pipeline.unet.configuration.sampleSize.map { $0 * pipeline.autoencoder.downsamplingFactor }
      ?? 512
  }

  /// How the weights are kept.
  package var storage: WeightStorage { pipeline.networks.storage }

  package var defaultSteps: Int { settings.steps ?? 8 }
  package var defaultGuidanceScale: Double { settings.guidanceScale ?? 7.5 }
  package var defaultSampler: String { sampler.rawValue }
  var holeFill: HoleFill { settings.holeFill == .grey ? .grey : .pushPull }
}
