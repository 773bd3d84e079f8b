import Checkpoints
import Diffusion
import Models

/// The JSON files of a model folder, and everything that is read out of them before a weight is.
final class ConfigurationTarget: FuzzTarget {
  static let name = "configuration"
  static let sources = [
    "Engine/Checkpoints/JSONParser.swift", "Engine/Checkpoints/JSONValue.swift",
    "Engine/Checkpoints/JSONFile.swift", "Engine/Checkpoints/ModelIndex.swift",
    "Engine/Checkpoints/ModelFolder.swift", "Engine/Checkpoints/ModelSettings.swift",
    "Engine/Checkpoints/WeightFiles.swift", "Engine/Models/ConfigurationReader.swift",
    "Engine/Models/UNet/UNetConfiguration.swift",
    "Engine/Models/Autoencoder/AutoencoderConfiguration.swift",
    "Engine/Models/AutoencoderTiny/AutoencoderTinyConfiguration.swift",
    "Engine/Models/CLIPText/CLIPTextConfiguration.swift",
    "Engine/Diffusion/Configuration/ConfigurationField.swift",
    "Engine/Diffusion/Configuration/ConfigurationFile.swift",
    "Engine/Diffusion/Configuration/SchedulerConfiguration.swift",
    "Engine/Diffusion/Configuration/SchedulerConfiguration+Reading.swift",
  ]

  private static let files: [Character: String] = [
    "i": "model_index.json", "b": "byteedit.json", "u": "unet/config.json",
    "v": "vae/config.json", "t": "text_encoder/config.json",
    "s": scheduler, "w": weightIndex,
  ]
  private static let scheduler = "scheduler/scheduler_config.json"
  private static let weightIndex = "unet/diffusion_pytorch_model.safetensors.index.json"
  /// A folder that is sound where an input says nothing.
  private static let base = [
    "model_index.json": #"""
    {"_class_name":"StableDiffusionInpaintPipeline","scheduler":["diffusers","DDIMScheduler"],
    "text_encoder":["transformers","CLIPTextModel"],"tokenizer":["transformers","CLIPTokenizer"],
    "unet":["diffusers","UNet2DConditionModel"],"vae":["diffusers","AutoencoderKL"]}
    """#,
    "unet/config.json": "{}", "vae/config.json": "{}", "text_encoder/config.json": "{}",
    scheduler: "{}",
    // One tensor of no values, for indices to point at.
    "unet/a.safetensors": "\u{36}\0\0\0\0\0\0\0"
      + #"{"x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#,
  ]

  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder(folders: ModelFolder.parts, base: Self.base) }

  func read(_ input: [UInt8]) -> FuzzVerdict {
    let files = Sections.contents(of: input, names: Self.files)
    do {
      return try folder.with(files) {
        let scheduler = files[Self.scheduler].map { _ in readScheduler(seed: input.count) }
        if let scheduler, scheduler != .accepted || files.count == 1 { return scheduler }
        return readFolder(readsWeights: files[Self.weightIndex] != nil)
      }
    } catch {
      return .refused("\(error)")
    }
  }

  private func readFolder(readsWeights: Bool) -> FuzzVerdict {
    do {
      let model = try ModelFolder(path: folder.path)
      func members(_ part: String) throws -> JSONObject { try model.configuration(of: part) }
      let unet = Result { try UNetConfiguration(members("unet"), path: "unet") }
      let autoencoder = Result {
        try PictureAutoencoderConfiguration(
          members("vae"), path: "vae", className: model.index.components["vae"]?.className)
      }
      let text = Result { try CLIPTextConfiguration(members("text_encoder"), path: "text") }
      if readsWeights {
        var weights = try model.weights(of: "unet")
        _ = try weights.takeAll()
      }
      if let fault = Self.fault(of: try unet.get()) { return .wrong(fault) }
      guard try autoencoder.get().downsamplingFactor > 0 else { return .wrong("no factor") }
      guard try text.get().width % text.get().heads == 0 else { return .wrong("uneven heads") }
      return .accepted
    } catch {
      return .refused("\(error)")
    }
  }

  /// What an accepted U-Net contradicts itself in.
  private static func fault(of unet: UNetConfiguration) -> String? {
    let levels = unet.blockChannels.count
    let counts = [
      unet.layers.count, unet.attendsDown.count, unet.attendsUp.count, unet.heads.count,
      unet.transformerLayers.count, unet.attendsToContextOnly.count, unet.contextWidths.count,
    ]
    if counts.contains(where: { $0 != levels }) { return "\(counts), but \(levels) levels" }
    if unet.blockChannels.contains(where: { $0 % unet.groups != 0 }) { return "uneven groups" }
    return nil
  }

  /// Reads the scheduler and makes samplers of it: nothing that was accepted may fail there but
  /// by an error.
  private func readScheduler(seed: Int) -> FuzzVerdict {
    do {
      let configuration = try SchedulerConfiguration(
        contentsOf: "\(folder.path)/\(Self.scheduler)")
      // Longer tables take the fuzzer's time and nothing else.
      guard configuration.trainingTimesteps <= 4000 else { return .accepted }
      let schedule = try NoiseSchedule(configuration: configuration)
      let kinds = SamplerKind.allCases
      let sampler = try schedule.sampler(kinds[seed % kinds.count], steps: 1 + seed / 16 % 12)
      return sampler.timesteps.allSatisfy(\.isFinite) ? .accepted : .wrong("endless timesteps")
    } catch {
      return .refused("\(error)")
    }
  }

  static func parts(of input: [UInt8]) -> [[UInt8]] { Sections.parts(of: input) }
  static func whole(_ parts: [[UInt8]]) -> [UInt8] { Sections.whole(parts) }
}
