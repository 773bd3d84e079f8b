import Checkpoints
import Models

extension EditorModel {
  /// What the model is made of, a line each, for people.
  package var summary: [String] {
    let text = pipeline.networks.textEncoder.configuration
    let unet = pipeline.unet.configuration
    let autoencoder = pipeline.autoencoder.configuration
    let schedule = pipeline.schedule.configuration
    var lines = [
      "text encoder  width \(text.width), \(text.layers) layers, \(text.heads) heads, "
        + "\(text.positions) tokens of \(text.vocabularySize)",
      "U-Net         \(unet.inputChannels) -> \(unet.outputChannels) channels, blocks "
        + "\(unet.blockChannels), heads \(unet.heads), context \(unet.contextWidth)",
      "autoencoder   \(autoencoder.latentChannels) latent channels, 1/\(autoencoder.downsamplingFactor)"
        + " of the size, \(autoencoder.kind), scaling \(autoencoder.scalingFactor)",
      "scheduler     \(schedule.predictionType.rawValue), \(schedule.betaSchedule.rawValue) betas"
        + (schedule.rescalesBetasToZeroSNR ? ", zero terminal SNR" : ""),
      "defaults      \(resolution) model pixels, \(defaultSteps) steps of \(defaultSampler), guidance "
        + "\(defaultGuidanceScale), hole fill \(settings.holeFill.rawValue)",
    ]
    lines.append("weights       \(storage.rawValue)")
    if let previewer {
      let preview = previewer.autoencoder.configuration
      lines.append(
        "previews      1/\(preview.downsamplingFactor) of the size, \(preview.kind)")
    }
    if !settings.vocabulary.isEmpty {
      lines.append("vocabulary    " + settings.vocabulary.map(\.name).joined(separator: ", "))
    }
    return lines
  }
}

extension PictureAutoencoderConfiguration {
  /// What it is, for people.
  fileprivate var kind: String {
    switch self {
    case .variational(let configuration): "blocks \(configuration.blockChannels)"
    case .tiny(let configuration): "tiny, \(configuration.decoderChannels) channels"
    }
  }
}
