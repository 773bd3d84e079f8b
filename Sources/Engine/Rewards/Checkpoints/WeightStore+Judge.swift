import Checkpoints
import Layers
import Models

extension WeightStore {
  /// Opens the weights at a path: a folder with safetensors, or one file.
  init(judge path: String) throws(CheckpointError) {
    self =
      FileKind(path) == .folder
      ? try WeightStore(folder: path)
      : try WeightStore(files: [try SafetensorsFile(path: path)], path: path)
  }
}

extension CLIPCheckpoint {
  /// Opens a folder with `config.json` and weights, or a file of weights, beside which its
  /// `config.json` lies where it is of transformers' layout.
  init(path: String, activation: Activation? = nil) throws {
    try self.init(
      weights: try WeightStore(judge: path), configurationPath: configurationPath(of: path),
      activation: activation)
  }
}

extension CLIPConfiguration {
  /// Reads the `config.json` of a checkpoint in transformers' layout.
  init(besides path: String) throws {
    let path = configurationPath(of: path)
    try self.init(try JSONFile.object(at: path), path: path)
  }
}

/// In a folder, or beside a file.
func configurationPath(of path: String) -> String {
  if FileKind(path) == .folder { return "\(path)/config.json" }
  return (path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./") + "config.json"
}
