package import Datasets
import Foundation
package import Imaging

/// A folder of candidates.
///
///     settings.json                    how all of it was drawn
///     manifest.jsonl                   a `CandidateRecord` a line
///     preferences.jsonl                what the oracle's training terms prefer
///     preferences-evaluation.jsonl     what its evaluation terms prefer
///     pictures/000123/source.png, mask.png, target.png, background.png, instance.png,
///                     reconstruction.png, candidate-0.png …
package struct CandidateFolder: Sendable {
  package let path: String
  package private(set) var records: [CandidateRecord] = []

  private var manifest: String { "\(path)/manifest.jsonl" }

  /// Opens a folder to go on, or makes it.
  /// - Throws: `RecipeError.otherSettings` where it was drawn by another plan.
  package init(path: String, plan: CandidatePlan) throws {
    self.path = path
    let settings = "\(path)/settings.json"
    try FileManager.default.createDirectory(
      atPath: path + "/pictures", withIntermediateDirectories: true)
    if let stored = FileManager.default.contents(atPath: settings) {
      guard let before = try? JSONLine.decode(CandidatePlan.self, stored), before == plan else {
        throw RecipeError.otherSettings(path: settings)
      }
    } else {
      try JSONLine.write(try JSONLine.encode(plan, path: settings), to: settings)
    }
    guard FileManager.default.fileExists(atPath: manifest) else { return }
    records = try JSONLine.read(CandidateRecord.self, from: manifest, toleratesTornEnd: true)
    // What a kill left of a line is taken away before the next one follows it.
    try writeManifest()
  }

  /// Opens a finished or growing folder to read it.
  package init(reading path: String) throws(DatasetError) {
    self.path = path
    records = try JSONLine.read(
      CandidateRecord.self, from: "\(path)/manifest.jsonl", toleratesTornEnd: true)
  }

  /// Adds edits whose pictures are written.
  package mutating func add(_ added: [CandidateRecord]) throws {
    var lines = Data()
    for record in added { lines.append(try JSONLine.encode(record, path: manifest)) }
    if let file = FileHandle(forWritingAtPath: manifest) {
      defer { try? file.close() }
      try file.seekToEnd()
      try file.write(contentsOf: lines)
    } else {
      try JSONLine.write(lines, to: manifest)
    }
    records += added
  }

  private func writeManifest() throws {
    var lines = Data()
    for record in records { lines.append(try JSONLine.encode(record, path: manifest)) }
    try JSONLine.write(lines, to: manifest)
  }

  /// Writes what the oracle prefers, by its training and by its evaluation terms.
  /// - Parameter margin: how far best and worst must be apart.
  /// - Returns: how many preferences each file has.
  package func writePreferences(
    margin: Double
  ) throws(DatasetError) -> (training: Int, evaluation: Int) {
    func write(_ terms: OracleTerms, _ name: String) throws(DatasetError) -> Int {
      let preferences = records.sorted { $0.id < $1.id }
        .compactMap { $0.preference(by: terms, margin: margin) }
      try PreferenceFile.write(preferences, to: "\(path)/\(name)")
      return preferences.count
    }
    return (
      try write(.training, "preferences.jsonl"),
      try write(.evaluation, "preferences-evaluation.jsonl")
    )
  }

  // MARK: Pictures

  package func write(_ image: FloatImage, to file: String) throws {
    try write(try Picture(rounding: image), to: file)
  }

  package func write(_ mask: Mask, to file: String) throws {
    let samples = mask.coverage.flatMap { [$0, $0, $0] }
    try write(
      try Picture(width: mask.width, height: mask.height, channels: 3, samples: samples), to: file)
  }

  private func write(_ picture: Picture, to file: String) throws {
    let bytes = try ImageEncoder.png(
      picture, metadata: ImageMetadata(declaresSyntheticPart: false))
    let url = URL(fileURLWithPath: "\(path)/\(file)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  /// A picture of the folder, RGB in 0...1.
  package func read(_ file: String) throws -> FloatImage {
    let picture = try ImageDecoder.decode(try bytes(file))
    return try picture.region(picture.bounds)
  }

  /// A mask of the folder.
  package func readMask(_ file: String, width: Int, height: Int) throws -> Mask {
    try MaskReader.read(try bytes(file), width: width, height: height).mask
  }

  private func bytes(_ file: String) throws(RecipeError) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: "\(path)/\(file)") else {
      throw .unreadable(path: "\(path)/\(file)", reason: "there is no such file")
    }
    return Array(data)
  }
}

extension Picture {
  /// An RGB picture of 8 bits a sample, 0...1 rounded to the nearest level.
  package init(rounding image: FloatImage) throws(ImagingError) {
    try self.init(
      width: image.width, height: image.height, channels: image.channels,
      samples: image.pixels.map { UInt8((min(1, max(0, $0)) * 255).rounded()) })
  }
}
