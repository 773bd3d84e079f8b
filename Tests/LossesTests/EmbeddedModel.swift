import Checkpoints
import Diffusion
import Foundation
import Models
import Optimizers
import Tensors

/// The networks of Sources/DefaultModel, whose weights both sides of a comparison begin with.
enum EmbeddedModel {
  static var path: String {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    return root.appending(path: "Sources/DefaultModel/Model").path
  }

  static func parameters(_ part: String) throws -> Parameters {
    let naming: WeightNaming = part == "vae" ? .autoencoder : .asStored
    return try Parameters(WeightStore(folder: "\(path)/\(part)", naming: naming))
  }

  static func unet(_ weights: WeightStore? = nil) throws -> UNet2DConditionModel {
    let file = "\(path)/unet/config.json"
    return try UNet2DConditionModel(
      configuration: UNetConfiguration(try JSONFile.object(at: file), path: file),
      weights: try weights ?? parameters("unet").weights)
  }

  static func autoencoder(_ weights: WeightStore? = nil) throws -> AutoencoderKL {
    let file = "\(path)/vae/config.json"
    return try AutoencoderKL(
      configuration: AutoencoderConfiguration(try JSONFile.object(at: file), path: file),
      weights: try weights ?? parameters("vae").weights)
  }

  static func schedule() throws -> NoiseSchedule {
    try NoiseSchedule(
      configuration: SchedulerConfiguration(
        contentsOf: "\(path)/scheduler/scheduler_config.json"))
  }
}
