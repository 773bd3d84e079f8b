package import Checkpoints

/// The folder of one judge: `config.json`, `model.safetensors`, `vocab.txt` for judges that read,
/// and `calibration.json`.
package struct JudgeFolder: Sendable {
  package static let files = ["calibration.json", "config.json", "model.safetensors", "vocab.txt"]

  package let path: String
  package let configuration: JSONObject

  /// Whether a path is the folder of a judge that was trained here, as its `config.json` says; so is a
  /// folder without any other sign of what it is, for its faults to be named.
  static func isOne(_ path: String) -> Bool {
    guard FileKind(path) == .folder, FileKind("\(path)/\(PublishedJudge.file)") != .file else {
      return FileKind(path) == nil
    }
    guard let configuration = try? JSONFile.object(at: "\(path)/config.json"),
      case .string(let type)? = configuration["model_type"]
    else { return true }
    return types.contains(type) || (try? CheckpointRecognition(path: path)) == nil
  }

  private static let types = ["blip_reward", "coherence"]

  /// Reads `config.json`; throws `RewardError.unusable` where there is none.
  package init(path: String) throws(RewardError) {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    self.path = path
    do throws(CheckpointError) {
      configuration = try JSONFile.object(at: "\(path)/config.json")
    } catch {
      throw .unusable(path: path, reason: error.description)
    }
  }

  /// `blip_reward` or `coherence`.
  package func modelType() throws(RewardError) -> String {
    guard case .string(let type)? = configuration["model_type"] else {
      throw .unusable(path: path, reason: "config.json has no \"model_type\"")
    }
    return type
  }

  /// `reward_mean` and `reward_std`, 0 and 1 where they are not there.
  package func standardisation() throws(RewardError) -> Standardisation {
    func number(_ key: String, default fallback: Double) -> Double {
      guard let value = configuration[key] else { return fallback }
      return value.double ?? .nan
    }
    return try Standardisation(
      mean: number("reward_mean", default: 0), deviation: number("reward_std", default: 1),
      path: "\(path)/config.json")
  }

  /// What the file says; the normal distribution where there is none.
  package func calibration() throws(RewardError) -> Calibration {
    let file = "\(path)/calibration.json"
    guard has("calibration.json") else { return .normal }
    return try Calibration(contentsOf: file)
  }

  /// SHA-256 over every file that a score depends on, as `sha256sum` would list them.
  package func hash() throws(RewardError) -> String {
    do throws(CheckpointError) {
      return try ModelDigest(folder: path, names: Self.files.filter(has)).hash
    } catch {
      throw .unusable(path: path, reason: error.description)
    }
  }

  /// Whether a file is there.
  func has(_ name: String) -> Bool { FileKind("\(path)/\(name)") == .file }

  /// What `model.safetensors` holds; no other file, for the hash covers none.
  package func weights() throws(RewardError) -> WeightStore {
    do throws(CheckpointError) {
      let file = try SafetensorsFile(path: "\(path)/model.safetensors")
      return try WeightStore(files: [file], path: path)
    } catch {
      throw .unusable(path: path, reason: error.description)
    }
  }
}

extension RewardError {
  /// What was wrong in a judge's folder.
  init(_ error: any Error, in folder: JudgeFolder) {
    self = error as? RewardError ?? .unusable(path: folder.path, reason: "\(error)")
  }
}
