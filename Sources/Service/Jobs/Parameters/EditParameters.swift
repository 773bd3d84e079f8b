/// What a request asks for, pictures aside; `nil` leaves a choice to the model's own settings.
///
/// Field names, defaults and ranges stand in this file and nowhere else.
package struct EditParameters: Sendable, Hashable {
  package var task = Task.inpaint
  /// What shall appear in the hole; needed for `inpaint`, else the model's background prompt.
  package var prompt: String?
  package var negativePrompt: String?
  /// Pixels by which `outpaint` widens the canvas.
  package var expand: Expansion?
  /// How many candidates are made; candidate k is drawn with seed + k.
  package var count = Defaults.count
  /// How many of the best come back; all when absent.
  package var returned: Int?
  /// How much each judge counts; the engine's own weights when absent.
  package var select: Weights?
  /// The combined score that every returned candidate shall have.
  package var minimumScore: Double?
  /// Candidates drawn beyond `count` as long as too few reach `minimumScore`.
  package var retries = Defaults.retries
  package var belowMinimumScore = BelowMinimum.returnBest
  package var steps: Int?
  package var guidanceScale: Double?
  package var sampler: Sampler?
  package var strength: Double?
  /// Drawn at random when absent, and always reported.
  package var seed: UInt32?
  package var maskSemantics = MaskSemantics.auto
  package var maskInvert = false
  /// The coverage, above 0 and at most 1, from which a pixel is edited.
  package var maskThreshold = Defaults.maskThreshold
  /// Pixels by which the mask is widened.
  package var maskGrow = Defaults.maskGrow
  /// Pixels over which the edit fades in, inward from the mask's border.
  package var maskFeather = Defaults.maskFeather
  package var maskResize = MaskResize.max
  /// Model pixels: the crop is scaled to the area of this square; a multiple of 8.
  package var resolution: Int?
  package var context = Context.auto
  package var holeFill: HoleFill?
  package var seamRepair = true
  package var outputFormat = OutputFormat.png
  /// Pictures of every candidate on its way, spread evenly over its steps.
  package var previews = Defaults.previews
  /// JPEG quality; PNG does not use it.
  package var quality = Defaults.quality
  /// Higher runs earlier; waiting jobs age, so none starves.
  package var priority = Defaults.priority
  /// A job that has not started by then expires.
  package var deadline: Timestamp?
  /// Returned with the job as it was given.
  package var metadata: [String: JSONValue]?

  package init() {}
}

extension EditParameters {
  /// The wire name of every field.
  package enum Name: String, CaseIterable, Sendable {
    case task
    case prompt
    case negativePrompt = "negative_prompt"
    case expand
    case count = "n"
    case returned = "return"
    case select
    case minimumScore = "min_score"
    case retries
    case belowMinimumScore = "below_min_score"
    case steps
    case guidanceScale = "guidance_scale"
    case sampler
    case strength
    case seed
    case maskSemantics = "mask_semantics"
    case maskInvert = "mask_invert"
    case maskThreshold = "mask_threshold"
    case maskGrow = "mask_grow"
    case maskFeather = "mask_feather"
    case maskResize = "mask_resize"
    case resolution
    case context
    case holeFill = "hole_fill"
    case seamRepair = "seam_repair"
    case outputFormat = "output_format"
    case quality
    case previews
    case priority
    case deadline
    case metadata
  }

  package enum Defaults {
    package static let count = 1
    package static let retries = 4
    package static let maskThreshold = 0.5
    package static let maskGrow = 0
    package static let maskFeather = 0
    package static let quality = 95
    package static let priority = 0
    package static let previews = 0
  }

  package enum Ranges {
    /// Unicode scalars in a prompt; the text encoder reads far fewer and says when it cut.
    package static let promptLength = 1...4000
    package static let expansion = 0...8192
    package static let count = 1...10
    package static let weight = 0.0...100.0
    package static let minimumScore = 0.0...1.0
    package static let retries = 0...20
    package static let steps = 1...150
    package static let guidanceScale = 0.0...30.0
    package static let strength = 0.01...1.0
    package static let maskThreshold = 0.002...1.0
    package static let maskGrow = 0...1024
    package static let maskFeather = 0...1024
    package static let resolution = 64...2048
    package static let resolutionMultiple = 8
    /// The surroundings that the model sees, as a share of the hole's longer side.
    package static let contextFraction = 0.0...8.0
    package static let quality = 1...100
    package static let previews = 0...3
    package static let priority = -10...10
    /// UTF-8 bytes of the metadata, written as JSON.
    package static let metadataBytes = 16384
  }

  package enum Task: String, CaseIterable, Sendable, Hashable {
    case inpaint
    case outpaint
    case erase
  }

  package enum Sampler: String, CaseIterable, Sendable, Hashable {
    case ddim
    case ddpm
    case euler
    case eulerAncestral = "euler-ancestral"
    case heun
    case dpmSolver2M = "dpm++2m"
    case uniPC = "unipc"
    case pndm
    case lcm
    case tcd
  }

  /// What becomes of a job whose candidates are not good enough.
  package enum BelowMinimum: String, CaseIterable, Sendable, Hashable {
    /// It succeeds with the best and a warning.
    case returnBest = "return"
    case fail
  }

  /// How much each judge counts; one that is not named does not.
  package struct Weights: Sendable, Hashable {
    package var aesthetic = 0.0
    package var alignment = 0.0
    package var coherence = 0.0

    package init(aesthetic: Double = 0, alignment: Double = 0, coherence: Double = 0) {
      (self.aesthetic, self.alignment, self.coherence) = (aesthetic, alignment, coherence)
    }

    /// By the judges' names, in their order.
    package var byJudge: [(judge: String, weight: Double)] {
      [("aesthetic", aesthetic), ("alignment", alignment), ("coherence", coherence)]
    }
  }

  package enum MaskSemantics: String, CaseIterable, Sendable, Hashable {
    case auto
    case alpha
    case luma
  }

  /// How a mask is reduced to the latent's size.
  package enum MaskResize: String, CaseIterable, Sendable, Hashable {
    case max
    case nearest
  }

  package enum HoleFill: String, CaseIterable, Sendable, Hashable {
    case grey
    case pushPull = "push-pull"
  }

  package enum OutputFormat: String, CaseIterable, Sendable, Hashable {
    case png
    case jpeg
  }

  /// How much around the mask the model sees.
  package enum Context: Sendable, Hashable {
    case auto
    case full
    case fraction(Double)
  }

  package struct Expansion: Sendable, Hashable {
    package var left = 0
    package var top = 0
    package var right = 0
    package var bottom = 0

    package init(left: Int = 0, top: Int = 0, right: Int = 0, bottom: Int = 0) {
      (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
    }
  }
}
