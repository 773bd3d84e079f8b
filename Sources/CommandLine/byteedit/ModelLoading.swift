import Compute
import DefaultModel
import Editing
import Foundation
import Imaging
import Models
import Rewards
import ServeSettings

/// Loads the model that a command works with.
enum ModelLoading {
  /// - Parameters:
  ///   - folder: a diffusers folder; the embedded editor if `nil`.
  ///   - storage: how its weights are kept.
  static func editor(
    folder: String?, maxMegapixels: Int, storage: WeightStorage, adapters: [AdapterSource],
    judges: Judges
  ) throws -> Editor {
    let path = try folder ?? ModelLocator.embeddedModel()
    let name = folder.map { URL(fileURLWithPath: $0).lastPathComponent } ?? DefaultModel.name
    var limits = ImageLimits()
    limits.maxPixels = maxMegapixels * 1_000_000
    limits.maxBytes = max(limits.maxBytes, 1 << 30)
    return Editor(
      model: try EditorModel(folder: path, name: name, storage: storage, adapters: adapters),
      judges: judges, limits: limits, build: BuildIdentity.current)
  }
}
