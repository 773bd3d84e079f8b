import Foundation

/// The lines of a run's log, by step.
struct RunLog: Sendable {
  /// The means since the line before, and what held-out samples said where they were asked.
  struct Line: Codable, Sendable {
    var step: Int
    var loss: Double
    var accuracy: Double
    var gradientNorm: Double
    var learningRate: Double
    var samplesPerSecond: Double
    /// The first row of the held-out table.
    var heldOut: Double?
    var heldOutLower: Double?
    var heldOutUpper: Double?
  }

  let folder: RunFolder
  private(set) var lines: [Line] = []

  /// Reads what was written up to a step; later lines belong to updates that were lost.
  init(_ folder: RunFolder, upTo step: Int) {
    self.folder = folder
    let text = (try? String(contentsOfFile: folder.log, encoding: .utf8)) ?? ""
    lines = text.split(separator: "\n").compactMap {
      try? JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }.filter { $0.step <= step }
  }

  mutating func add(_ line: Line) throws(RecipeError) {
    lines.append(line)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let texts = lines.compactMap { try? encoder.encode($0) }.map {
      String(decoding: $0, as: UTF8.self)
    }
    try folder.write(texts.joined(separator: "\n") + "\n", to: folder.log)
  }
}
