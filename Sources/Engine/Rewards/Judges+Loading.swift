import Checkpoints

extension Judges {
  /// Loads every judge that the sources name.
  ///
  /// A subfolder that is not there leaves its judge out; a path that was named for a judge must be
  /// one.
  /// - Throws: `RewardError.unusable` for a folder that is there and cannot be used.
  package init(_ sources: JudgeSources) throws(RewardError) {
    var judges: [Judge] = []
    for kind in JudgeKind.allCases {
      guard let path = sources.path(of: kind) else { continue }
      judges.append(try Judge(kind, path: path))
    }
    self.init(judges)
  }
}

extension JudgeSources {
  /// The folder of a judge, or nothing where it is off or not there.
  package func path(of judge: JudgeKind) -> String? {
    switch self[judge] {
    case .off: return nil
    case .path(let path): return path
    case .standard:
      guard let folder else { return nil }
      let path = "\(folder)/\(judge.rawValue)"
      return FileKind(path + "/config.json") == .file ? path : nil
    }
  }
}

extension Judge {
  /// Loads a judge that was trained here, or a published scorer (`PublishedJudge`).
  package init(_ kind: JudgeKind, path: String) throws(RewardError) {
    self =
      JudgeFolder.isOne(path)
      ? try Judge(kind, folder: path) : try PublishedJudge(path: path).judge(kind)
  }

  /// Loads a judge's folder.
  package init(_ kind: JudgeKind, folder path: String) throws(RewardError) {
    let folder = try JudgeFolder(path: path)
    let type = try folder.modelType()
    let network = try folder.network(type)
    try self.init(
      kind, identity: JudgeIdentity(name: type, hash: try folder.hash()), network: network,
      standardisation: try folder.standardisation(), calibration: try folder.calibration())
  }
}

extension JudgeFolder {
  /// The network that the folder holds.
  fileprivate func network(_ type: String) throws(RewardError) -> Judge.Network {
    switch type {
    case "blip_reward": return .picture(try BLIPJudgeNetwork(self))
    case "coherence": return .pixels(try CoherenceJudgeNetwork(self))
    default:
      throw .unusable(
        path: path, reason: "\"model_type\" is \(type); supported are blip_reward and coherence")
    }
  }
}
