import Foundation
import TestSupport

/// A whole folder, put together from the fixtures by symbolic links, as download caches are.
final class Assembly {
  private let scratch: ScratchFolder
  var path: String { scratch.path }

  init(
    text: String = "clip-quick-gelu", unet: String = "unet-embedded", vae: String = "vae-embedded",
    unetClass: String = "UNet2DConditionModel", vaeClass: String = "AutoencoderKL"
  ) throws {
    scratch = try ScratchFolder()
    let files = FileManager.default
    try files.createDirectory(atPath: path + "/tokenizer", withIntermediateDirectories: true)
    try files.createDirectory(atPath: path + "/scheduler", withIntermediateDirectories: true)
    for (part, fixture) in [("text_encoder", text), ("unet", unet), ("vae", vae)] {
      try files.createSymbolicLink(
        atPath: "\(path)/\(part)", withDestinationPath: try Fixture(fixture).path)
    }
    let index = """
      {"_class_name": "StableDiffusionInpaintPipeline", "scheduler": ["diffusers", "DDIMScheduler"],
       "text_encoder": ["transformers", "CLIPTextModel"], "unet": ["diffusers", "\(unetClass)"],
       "tokenizer": ["transformers", "CLIPTokenizer"], "vae": ["diffusers", "\(vaeClass)"]}
      """
    try index.write(toFile: path + "/model_index.json", atomically: true, encoding: .utf8)
  }
}
