import Editing
import Foundation
import Jobs

/// The result of `byteedit edit --json`.
struct EditReport: Encodable {
  struct Candidate: Encodable {
    let path: String
    let seed: UInt32
    let width: Int
    let height: Int
    let preserved: Preserved
    let seam: Seam
    let scores: CandidateScores?
    let receipt: Receipt
  }

  struct Preserved: Encodable {
    let maxAbsDiff: Int
    let changedPixels: Int
  }

  struct Seam: Encodable {
    let before: Double
    let after: Double
  }

  let candidates: [Candidate]
  let maskRule: String
  let maskShare: Double
  let promptTruncated: Bool
  let warnings: [String]
  let timings: [String: Double]

  init(_ result: EditResult, path: (EditCandidate) -> String) {
    candidates = result.candidates.map { candidate in
      Candidate(
        path: path(candidate), seed: candidate.seed, width: candidate.width,
        height: candidate.height,
        preserved: Preserved(
          maxAbsDiff: candidate.preserved.maxAbsDiff,
          changedPixels: candidate.preserved.differingCount),
        seam: Seam(before: candidate.seam.before, after: candidate.seam.after),
        scores: CandidateScores(candidate), receipt: candidate.receipt)
    }
    maskRule = result.maskRule
    maskShare = result.maskShare
    promptTruncated = result.isPromptTruncated
    warnings = result.warnings
    timings = Dictionary(uniqueKeysWithValues: result.timings.map { ($0.rawValue, $1) })
  }

  var text: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      encoder.keyEncodingStrategy = .convertToSnakeCase
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }
}
