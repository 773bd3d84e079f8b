import API
import Diffusion
import Editing
import Imaging
import Jobs
import Rewards

extension EditRequest {
  /// What the engine is asked to do by a request's checked fields.
  init(_ parameters: EditParameters, seed: UInt32, image: [UInt8], mask: [UInt8]?) {
    self.init(image: image, mask: mask)
    apply(parameters, seed: seed)
  }

  /// The same with pictures that `reader` reads.
  init(_ parameters: EditParameters, seed: UInt32, reading reader: any PictureReading) {
    self.init(reading: reader)
    apply(parameters, seed: seed)
  }

  private mutating func apply(_ parameters: EditParameters, seed: UInt32) {
    task =
      switch parameters.task {
      case .inpaint: .inpaint
      case .outpaint: .outpaint
      case .erase: .erase
      }
    prompt = parameters.prompt ?? ""
    negativePrompt = parameters.negativePrompt ?? ""
    count = parameters.count
    previews = parameters.previews
    self.seed = seed
    steps = parameters.steps
    guidanceScale = parameters.guidanceScale
    strength = parameters.strength ?? 1
    resolution = parameters.resolution
    repairsSeams = parameters.seamRepair
    sampler = parameters.sampler.flatMap { SamplerKind(rawValue: $0.rawValue) }
    holeFill = parameters.holeFill.map { $0 == .grey ? .grey : .pushPull }
    maskReduction = parameters.maskResize == .max ? .max : .nearest
    feather = parameters.maskFeather
    maskOptions = MaskOptions(parameters)
    expansion = Expansion(parameters.expand ?? EditParameters.Expansion())
    context = Context(parameters.context)
    output.format = parameters.outputFormat == .png ? .png : .jpeg
    output.quality = parameters.quality
    selection = SelectionSettings(parameters)
  }
}

extension SelectionSettings {
  init(_ parameters: EditParameters) {
    self.init()
    returned = parameters.returned
    weights = parameters.select.map(RewardWeights.init)
    minimumScore = parameters.minimumScore
    retries = parameters.retries
    failsBelowMinimum = parameters.belowMinimumScore == .fail
  }
}

extension Context {
  init(_ context: EditParameters.Context) {
    self =
      switch context {
      case .auto: .automatic
      case .full: .full
      case .fraction(let margin): .fraction(margin)
      }
  }
}
