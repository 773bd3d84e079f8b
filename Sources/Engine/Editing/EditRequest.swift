package import Diffusion
package import Imaging

/// What is done to the hole.
package enum EditTask: String, Sendable, CaseIterable {
  /// Draw what the prompt asks for.
  case inpaint
  /// Extend the canvas; the new border is the hole.
  case outpaint
  /// Remove what is there and continue the background.
  case erase
}

/// How much of the picture around the hole the model sees.
package enum Context: Sendable, Equatable {
  /// A margin of half the hole's longer side.
  case automatic
  /// The whole picture.
  case full
  /// A margin of this many times the hole's longer side, 0...16.
  case fraction(Double)

  /// Reads `auto`, `full` or a number.
  package init?(_ text: String) {
    switch text {
    case "auto": self = .automatic
    case "full": self = .full
    default:
      guard let value = Double(text), value >= 0, value <= 16 else { return nil }
      self = .fraction(value)
    }
  }
}

/// What stands in the hole of the picture that is encoded as conditioning.
package enum HoleFill: String, Sendable, CaseIterable {
  /// Zero in -1...1, the Stable Diffusion convention.
  case grey
  /// A smooth continuation of the surroundings.
  case pushPull = "push-pull"
}

/// One edit with every choice made or left to the model: a `nil` means the model's own default.
package struct EditRequest: Sendable {
  /// The bytes of a PNG or JPEG file.
  package var image: [UInt8]
  /// The bytes of a mask of the picture's displayed size; `nil` for an outpainting.
  package var mask: [UInt8]?
  /// Reads picture and mask in place of the two above.
  package var reader: (any PictureReading)?
  package var task: EditTask = .inpaint
  package var prompt = ""
  package var negativePrompt = ""
  package var expansion = Expansion()
  /// Candidates to draw, 1...10; candidate k is the edit with `seed` + k.
  package var count = 1
  package var seed: UInt32 = 0
  /// How many pictures of every candidate on its way are told, 0...3.
  package var previews = 0
  package var steps: Int?
  package var guidanceScale: Double?
  /// 0...1; 0 leaves guidance as it is, see `classifierFreeGuidance`.
  package var guidanceRescale = 0.0
  package var sampler: SamplerKind?
  /// In (0, 1]: how far the hole's old content is noised before it is denoised.
  package var strength = 1.0
  package var maskOptions = MaskOptions()
  /// Pixels over which the edit fades in, counted inwards from the hole's border.
  package var feather = 0
  package var maskReduction = MaskReduction.max
  /// Model pixels: the side of the square that the crop is scaled to the area of.
  package var resolution: Int?
  package var context = Context.automatic
  package var holeFill: HoleFill?
  package var repairsSeams = true
  /// Off: the whole crop is replaced by what the model decoded, and nothing is preserved.
  package var composites = true
  package var output = OutputSettings()
  /// Adapters of the model, by name, beside those that are merged into its weights.
  package var adapters: [AdapterChoice] = []
  package var selection = SelectionSettings()

  package init(image: [UInt8], mask: [UInt8]? = nil) {
    self.image = image
    self.mask = mask
  }

  /// An edit whose pictures are read by `reader`.
  package init(reading reader: any PictureReading) {
    self.init(image: [])
    self.reader = reader
  }
}

/// How a mask of pixels becomes one of latents.
package enum MaskReduction: String, Sendable, CaseIterable {
  /// A latent is edited when any of its pixels is.
  case max
  /// The upper left pixel decides, as in the reference pipeline.
  case nearest
}

/// The file that a candidate is written as.
package struct OutputSettings: Sendable, Equatable {
  package var format = ImageFormat.png
  /// JPEG quality, 1...100.
  package var quality = 95
  /// Writes the receipt and the IPTC digital source type into the picture.
  package var carriesProvenance = true

  package init() {}
}

extension EditRequest {
  /// Whether a preview is due: they part the steps evenly, and none is the last step's.
  ///
  /// - Parameter step: counts from 1.
  func showsPreview(afterStep step: Int, of steps: Int) -> Bool {
    guard step < steps, previews > 0 else { return false }
    return (1...previews).contains { number in
      step == (2 * number * steps + previews + 1) / (2 * (previews + 1))
    }
  }
}
