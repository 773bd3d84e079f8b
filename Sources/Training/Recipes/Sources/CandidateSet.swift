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
  /// The box around the hole.
  let box: PixelRect?
  let candidates: [BytePicture]
  /// What the oracle says of each candidate.
  let scores: [OracleScores]
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
      box: mask.boundingBox,
      candidates: try record.candidates.map { BytePicture(try folder.read($0.file)) },
      scores: record.candidates.map(\.scores),
      clusters: HeldOutClusters.names(record.clusters, id: record.id),
      noun: asksForObject ? record.attributes["noun"] : nil,
      colour: asksForObject ? record.attributes["colour"] : nil)
  }
}
