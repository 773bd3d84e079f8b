/// A model in the diffusers folder layout: `model_index.json`, a folder for each part with its
/// configuration and weights, and optionally `byteedit.json`.
package struct ModelFolder: Sendable {
  package let path: String
  /// The variant of the weights that is preferred, such as `fp16`; without one the plain files.
  package let variant: String?
  package let index: ModelIndex
  package let settings: ModelSettings

  /// The parts that an editor is made of.
  package static let parts = ["scheduler", "text_encoder", "tokenizer", "unet", "vae"]

  /// Reads `model_index.json` and `byteedit.json` and checks that every part's folder is there.
  package init(path: String, variant: String? = nil) throws(CheckpointError) {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    guard FileKind(path) == .folder else {
      throw .unreadable(path: path, reason: "there is no such folder")
    }
    self.path = path
    self.variant = variant
    let indexPath = "\(path)/model_index.json"
    guard FileKind(indexPath) == .file else {
      throw .incompleteFolder(path: path, reason: "it has no model_index.json")
    }
    index = try ModelIndex(try JSONFile.object(at: indexPath), path: indexPath)
    let settingsPath = "\(path)/byteedit.json"
    settings =
      FileKind(settingsPath) == .file
      ? try ModelSettings(try JSONFile.object(at: settingsPath), path: settingsPath)
      : ModelSettings()
    for part in Self.parts {
      guard index.components[part] != nil, FileKind("\(path)/\(part)") == .folder else {
        throw .incompleteFolder(path: path, reason: "the part \(part) is missing")
      }
    }
  }

  /// The folder of one part.
  package func path(of part: String) -> String { "\(path)/\(part)" }

  /// The folder of a part that need not be there.
  package func optionalPath(of part: String) -> String? {
    FileKind(path(of: part)) == .folder ? path(of: part) : nil
  }

  /// The path of a part's configuration: `scheduler_config.json` for the scheduler, else
  /// `config.json`.
  package func configurationPath(of part: String) -> String {
    path(of: part) + (part == "scheduler" ? "/scheduler_config.json" : "/config.json")
  }

  /// The members of a part's configuration.
  package func configuration(of part: String) throws(CheckpointError) -> JSONObject {
    try JSONFile.object(at: configurationPath(of: part))
  }

  /// Opens a part's weights; `naming` translates what older exporters called otherwise.
  package func weights(
    of part: String, naming: WeightNaming = .asStored
  ) throws(CheckpointError) -> WeightStore {
    try WeightStore(folder: path(of: part), variant: variant, naming: naming)
  }

  /// Digests every file that an edit with this model depends on.
  package func digest() throws(CheckpointError) -> ModelDigest {
    var names = ["model_index.json", "byteedit.json"]
    for part in Self.parts {
      switch part {
      case "scheduler": names.append("scheduler/scheduler_config.json")
      case "tokenizer": names += Self.tokenizerFiles.map { "tokenizer/\($0)" }
      default:
        let files = try WeightFiles(folder: path(of: part), variant: variant)
        names += (["config.json"] + files.names).map { "\(part)/\($0)" }
      }
    }
    return try ModelDigest(folder: path, names: names.filter { FileKind("\(path)/\($0)") == .file })
  }

  /// The model's hash: see `ModelDigest`.
  package func hash() throws(CheckpointError) -> String { try digest().hash }

  private static let tokenizerFiles = [
    "added_tokens.json", "merges.txt", "special_tokens_map.json", "tokenizer.json",
    "tokenizer_config.json", "vocab.json",
  ]
}
