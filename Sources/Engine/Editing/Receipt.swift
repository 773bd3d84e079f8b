/// What made a picture: with the same receipt, picture, mask, prompts and file format the same bytes
/// come out.
///
/// It carries no time, no job and no number of threads, for it is written into the picture.
package struct Receipt: Codable, Sendable, Equatable {
  package var model: String
  /// SHA-256 over the model's files.
  package var modelHash: String
  /// Version and digest of the program.
  package var build: String
  package var kernelSet: String
  package var blasCore: String
  /// Precision of the arithmetic.
  package var precision: String
  /// How the weights were kept in memory.
  package var weights: String
  /// What changed the weights, in the order of adding; nothing where no adapter did.
  package var adapters: [Adapter]?
  package var task: String
  package var seed: UInt32
  package var sampler: String
  package var steps: Int
  package var guidanceScale: Double
  package var guidanceRescale: Double
  package var strength: Double
  package var modelWidth: Int
  package var modelHeight: Int
  /// `x, y, width, height` of the crop that the model saw, in pixels of the picture.
  package var region: [Int]
  /// SHA-256 over the hole: one byte a pixel, 255 = edited, rows from the top.
  package var maskHash: String
  package var maskFeather: Int
  package var maskResize: String
  package var holeFill: String
  package var seamRepair: Bool
  package var composite: Bool
  /// What scored the picture, in the order aesthetic, alignment, coherence; nothing where all are
  /// off.
  package var judges: [Judge]?

  /// A judge by its files.
  package struct Judge: Codable, Sendable, Equatable {
    /// `aesthetic`, `alignment` or `coherence`.
    package var judge: String
    /// Its architecture.
    package var model: String
    /// SHA-256 over the judge's files.
    package var hash: String
  }

  /// An adapter by its file and its strength.
  package struct Adapter: Codable, Sendable, Equatable {
    package var name: String
    /// SHA-256 of the file.
    package var hash: String
    package var weight: Double
  }

  enum CodingKeys: String, CodingKey {
    case model, build, precision, weights, adapters, task, seed, sampler, steps, strength, region,
      composite, judges
    case modelHash = "model_hash"
    case kernelSet = "kernel_set"
    case blasCore = "blas_core"
    case guidanceScale = "guidance_scale"
    case guidanceRescale = "guidance_rescale"
    case modelWidth = "model_width"
    case modelHeight = "model_height"
    case maskHash = "mask_hash"
    case maskFeather = "mask_feather"
    case maskResize = "mask_resize"
    case holeFill = "hole_fill"
    case seamRepair = "seam_repair"
  }
}
