import Checkpoints
package import Compute

extension StorageComparison {
  /// Loads the networks of a diffusers folder twice, in 32 bits and in the storage.
  package init(folder path: String, storage: WeightStorage) throws {
    let folder = try ModelFolder(path: path)
    self = try StorageComparison(
      try EditorNetworks(folder: folder, storage: storage), with: try EditorNetworks(folder: folder)
    )
  }
}
