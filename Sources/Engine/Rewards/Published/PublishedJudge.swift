import Checkpoints
import Imaging

/// A published scorer in the place of a judge: a checkpoint with its vocabulary beside it, or a folder whose
/// `judge.json` says where both are.
///
/// | key of `judge.json` | |
/// |---|---|
/// | `checkpoint` | file or folder |
/// | `vocabulary` | folder with `vocab.txt` (BLIP family) or CLIP's tokenizer; the checkpoint's own folder |
/// | `clip` | for LAION's head: the CLIP that it reads |
/// | `scorer` | `image_reward`, `blip_score`, `clip_score`, `pick_score`, `hps_v2`, `laion_aesthetic`; by the tensors |
/// | `reward_mean`, `reward_std` | what `raw` is standardised by; 0 and 1 |
///
/// Paths are relative to the folder. A `calibration.json` beside it makes percentiles.
struct PublishedJudge {
  static let file = "judge.json"
  private static let keys: Set<String> = [
    "checkpoint", "vocabulary", "clip", "scorer", "reward_mean", "reward_std",
  ]

  enum Scorer: String, CaseIterable {
    case imageReward = "image_reward"
    case blipScore = "blip_score"
    case clipScore = "clip_score"
    case pickScore = "pick_score"
    case hpsV2 = "hps_v2"
    case laionAesthetic = "laion_aesthetic"
  }

  /// What the user named.
  let path: String
  private var checkpoint: String
  private var vocabulary: String
  private var clip: String?
  private var scorer: Scorer?
  private var mean = 0.0
  private var deviation = 1.0
  /// Where `judge.json` and `calibration.json` lie.
  private var folder: String

  /// - Parameter path: a file of weights, a folder of transformers', or a folder with `judge.json`.
  init(path: String) throws(RewardError) {
    self.path = path
    folder = Self.folder(of: path)
    (checkpoint, vocabulary) = (path, folder)
    guard FileKind("\(path)/\(Self.file)") == .file else { return }
    do {
      try read(JSONFile.object(at: "\(path)/\(Self.file)"))
    } catch let error as RewardError {
      throw error
    } catch {
      throw .unusable(path: path, reason: "\(error)")
    }
  }

  private mutating func read(_ members: JSONObject) throws {
    func text(_ key: String) throws(RewardError) -> String? {
      switch members[key] {
      case nil: return nil
      case .string(let text)?: return text
      default: throw fault("\"\(key)\" must be a text")
      }
    }
    if let unknown = members.keys.first(where: { !Self.keys.contains($0) }) {
      throw fault("has the unknown key \"\(unknown)\"")
    }
    guard let named = try text("checkpoint") else { throw fault("has no \"checkpoint\"") }
    checkpoint = absolute(named)
    vocabulary = try text("vocabulary").map(absolute) ?? Self.folder(of: checkpoint)
    clip = try text("clip").map(absolute)
    if let name = try text("scorer") {
      guard let known = Scorer(rawValue: name) else {
        throw fault(
          "\"scorer\" is \(name), none of "
            + Scorer.allCases.map(\.rawValue).joined(separator: ", "))
      }
      scorer = known
    }
    func number(_ key: String, _ fallback: Double) -> Double {
      members[key].map { $0.double ?? .nan } ?? fallback
    }
    (mean, deviation) = (number("reward_mean", 0), number("reward_std", 1))
  }

  private func fault(_ reason: String) -> RewardError {
    .unusable(path: "\(path)/\(Self.file)", reason: reason)
  }

  private func absolute(_ name: String) -> String {
    name.hasPrefix("/") ? name : "\(path)/\(name)"
  }

  /// A folder itself, or the one that a file lies in.
  private static func folder(of path: String) -> String {
    if FileKind(path) == .folder { return path }
    return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }

  // MARK: Opening

  /// The judge, ready to look at pictures.
  func judge(_ kind: JudgeKind) throws(RewardError) -> Judge {
    let network: any PictureScorer
    do {
      network = try open(scorer ?? recognised())
    } catch let error as RewardError {
      throw error
    } catch {
      throw .unusable(path: path, reason: "\(error)")
    }
    let calibration = "\(folder)/calibration.json"
    return try Judge(
      kind, identity: JudgeIdentity(name: network.name, hash: try hash()),
      network: .picture(ScorerNetwork(scorer: network)),
      standardisation: try Standardisation(
        mean: mean, deviation: deviation, path: "\(path)/\(Self.file)"),
      calibration: FileKind(calibration) == .file
        ? try Calibration(contentsOf: calibration) : .normal)
  }

  private func recognised() throws(RewardError) -> Scorer {
    let found = try CheckpointRecognition(path: checkpoint)
    switch found.kind {
    case .clip: return .clipScore
    case .pickScore: return .pickScore
    case .hpsv2: return .hpsV2
    case .laionAesthetic: return .laionAesthetic
    case .reward(.imageReward), .reward(.blipReward): return .imageReward
    case .reward(.blipRetrieval), .reward(.blipRetrievalTransformers): return .blipScore
    case .reward(.coherence):
      throw .unusable(
        path: path, reason: "a coherence judge is a folder with config.json and model.safetensors")
    }
  }

  private func open(_ scorer: Scorer) throws -> any PictureScorer {
    switch scorer {
    case .imageReward:
      return try ImageRewardScorer(path: checkpoint, vocabulary: try texts("vocab.txt"))
    case .blipScore: return try BLIPScorer(path: checkpoint, vocabulary: try texts("vocab.txt"))
    case .clipScore:
      return try CLIPScorer(path: checkpoint, tokenizer: try texts("vocab.json", "tokenizer.json"))
    case .pickScore:
      return try PickScorer(path: checkpoint, tokenizer: try texts("vocab.json", "tokenizer.json"))
    case .hpsV2:
      return try HPSv2Scorer(path: checkpoint, tokenizer: try texts("vocab.json", "tokenizer.json"))
    case .laionAesthetic:
      guard let clip else {
        throw RewardError.unusable(
          path: path,
          reason:
            "LAION's head reads the embeddings of a CLIP: name both in a folder's \(Self.file), "
            + "{\"checkpoint\": …, \"clip\": …}")
      }
      return try LAIONAestheticScorer(head: checkpoint, clip: clip)
    }
  }

  /// The vocabulary's folder; throws where none of the files is there.
  private func texts(_ files: String...) throws(RewardError) -> String {
    guard files.contains(where: { FileKind("\(vocabulary)/\($0)") == .file }) else {
      throw .unusable(
        path: path,
        reason:
          "\(files.joined(separator: " or ")) is not in \(vocabulary): the checkpoint does not "
          + "carry its vocabulary; put it there, or name its folder as \"vocabulary\" in a "
          + "folder's \(Self.file)")
    }
    return vocabulary
  }

  // MARK: Digest

  /// Every file that a score depends on.
  private func hash() throws(RewardError) -> String {
    let texts = ["vocab.txt", "vocab.json", "merges.txt", "tokenizer.json"]
      .map { "\(vocabulary)/\($0)" }
    let settings = [Self.file, "calibration.json"].map { "\(folder)/\($0)" }
    let files = [checkpoint, clip].compactMap(\.self).flatMap(Self.weights) + texts + settings
    do throws(CheckpointError) {
      let there = Set(files.filter { FileKind($0) == .file })
      return try ModelDigest(files: there.sorted()).hash
    } catch {
      throw .unusable(path: path, reason: error.description)
    }
  }

  /// A file itself, or the files of a folder that a reader of weights looks at.
  private static func weights(_ path: String) -> [String] {
    guard FileKind(path) == .folder else { return [path, configurationPath(of: path)] }
    return [
      "config.json", "preprocessor_config.json", "model.safetensors",
      "model.safetensors.index.json", "pytorch_model.bin",
    ].map { "\(path)/\($0)" }
  }
}

/// A published scorer as a judge's network: it sees the whole picture, as its authors had it.
private struct ScorerNetwork: PictureJudgeNetwork {
  let scorer: any PictureScorer

  func reward(of picture: FloatImage, hole: PixelRect?, text: String) throws -> Double {
    try scorer.score(picture, prompt: text)
  }
}
