import Datasets
import Foundation
import Imaging

/// One edit as an editor did it several times, in memory.
struct CandidateSet: Sendable {
  let prompt: String
  /// The real picture.
  let target: BytePicture
  /// The same as the editor's autoencoder gives it back.
  let reconstruction: BytePicture
  /// Not 0 where something was drawn, `[height, width]`.
  let hole: [UInt8]
  let candidates: [BytePicture]
  let clusters: [String]
  /// The object that was asked for, and its colour; nil where none was.
  let noun: String?
  let colour: String?

  /// All edits of a folder of candidates; none where the folder has no manifest.
  static func read(_ path: String) throws -> [(element: CandidateSet, isHeldOut: Bool)] {
    guard FileManager.default.fileExists(atPath: "\(path)/manifest.jsonl") else { return [] }
    let folder = try CandidateFolder(reading: path)
    let records = folder.records
    return try inParallel(0..<records.count) { index in
      let record = records[index]
      return (
        try read(record, folder),
        HeldOutClusters.holds(record.clusters, id: record.id)
      )
    }
  }

  private static func read(
    _ record: CandidateRecord, _ folder: CandidateFolder
  ) throws -> CandidateSet {
    let target = try folder.read(record.target)
    let mask = try folder.readMask(record.mask, width: target.width, height: target.height)
    let asksForObject = record.instance != nil
    return CandidateSet(
      prompt: record.prompt, target: BytePicture(target),
      reconstruction: BytePicture(try folder.read(record.reconstruction)), hole: mask.coverage,
      candidates: try record.candidates.map { BytePicture(try folder.read($0.file)) },
      clusters: HeldOutClusters.names(record.clusters, id: record.id),
      noun: asksForObject ? record.attributes["noun"] : nil,
      colour: asksForObject ? record.attributes["colour"] : nil)
  }
}

/// Two pictures of one edit, one preferred to the other.
struct PreferredPair: Sendable {
  let better: BytePicture
  let worse: BytePicture
  let prompt: String
  /// Who preferred it.
  let annotator: String
  let clusters: [String]

  /// What a folder's `preferences.jsonl` says of training pairs, and what its
  /// `preferences-evaluation.jsonl`, or else the former, says of held-out ones.
  static func read(_ path: String) throws -> [(element: PreferredPair, isHeldOut: Bool)] {
    let taught = try preferences("\(path)/preferences.jsonl")
    let judged = try preferences("\(path)/preferences-evaluation.jsonl")
    let training = taught.filter { !isHeldOut($0) }
    let heldOut = (judged.isEmpty ? taught : judged).filter(isHeldOut)
    let both = training.map { ($0, false) } + heldOut.map { ($0, true) }
    return try inParallel(0..<both.count) { index in
      (try pairs(both[index].0, folder: path), both[index].1)
    }.flatMap { pairs, isHeldOut in pairs.map { ($0, isHeldOut) } }
  }

  private static func preferences(_ file: String) throws -> [Preference] {
    FileManager.default.fileExists(atPath: file) ? try PreferenceFile.read(file) : []
  }

  private static func isHeldOut(_ preference: Preference) -> Bool {
    HeldOutClusters.holds(preference.clusters ?? [:], id: preference.id)
  }

  /// Best and worst; a digest instead of a path names no file of the folder and is passed over.
  private static func pairs(_ preference: Preference, folder: String) throws -> [PreferredPair] {
    guard case .path(let best) = preference.best, case .path(let worst) = preference.worst else {
      return []
    }
    return [
      PreferredPair(
        better: try BytePicture(contentsOf: "\(folder)/\(best)"),
        worse: try BytePicture(contentsOf: "\(folder)/\(worst)"), prompt: preference.prompt,
        annotator: preference.annotator,
        clusters: HeldOutClusters.names(preference.clusters ?? [:], id: preference.id))
    ]
  }
}
