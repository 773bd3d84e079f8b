/// What a succeeded job made.
package struct JobResult: Codable, Sendable, Hashable {
  /// Best first; by their index where there are no scores.
  package var candidates: [CandidateRecord]
  /// The rule by which the mask was read: `alpha`, `luma`, or `border` for what outpaint adds.
  package var maskRule: String?
  /// The share of the picture that was edited, from 0 to 1.
  package var maskShare: Double
  /// Whether the prompt was longer than the text encoder reads.
  package var promptTruncated: Bool
  /// What the caller should know, a sentence each.
  package var warnings: [String]
  /// Seconds by stage.
  package var timings: [String: Double]

  package init(
    candidates: [CandidateRecord], maskRule: String?, maskShare: Double, promptTruncated: Bool,
    warnings: [String] = [], timings: [String: Double]
  ) {
    self.candidates = candidates
    self.maskRule = maskRule
    self.maskShare = maskShare
    self.promptTruncated = promptTruncated
    self.warnings = warnings
    self.timings = timings
  }
}

/// One picture made by a job.
package struct CandidateRecord: Codable, Sendable, Hashable {
  package let index: Int
  package let seed: UInt32
  package let image: BlobReference
  package let width: Int
  package let height: Int
  package let preserved: PreservedPixels
  /// How much of a colour step the hole's border shows.
  package let seam: SeamShift?
  /// Model hash, sampler, build, kernel set and the like, as the engine states them.
  package let receipt: JSONValue
  /// Absent where no judge was on, and in results of versions without judges.
  package let scores: CandidateScores?
  /// Absent where the coherence judge was off.
  package let coherenceMap: CoherenceMapRecord?

  package init(
    index: Int, seed: UInt32, image: BlobReference, width: Int, height: Int,
    preserved: PreservedPixels, seam: SeamShift? = nil, receipt: JSONValue,
    scores: CandidateScores? = nil, coherenceMap: CoherenceMapRecord? = nil
  ) {
    self.index = index
    self.seed = seed
    self.image = image
    self.width = width
    self.height = height
    self.preserved = preserved
    self.seam = seam
    self.receipt = receipt
    self.scores = scores
    self.coherenceMap = coherenceMap
  }

  /// Every stored picture that the candidate is made of.
  package var blobs: [BlobReference] { [image] + (coherenceMap.map { [$0.image] } ?? []) }
}

/// How the pixels outside the mask differ from the input's, measured on the bytes that are sent.
package struct PreservedPixels: Codable, Sendable, Hashable {
  /// In steps of the picture's depth; 0 = bit for bit equal.
  package let maxAbsDiff: Int
  package let changedPixels: Int
  package let comparedPixels: Int

  package init(maxAbsDiff: Int, changedPixels: Int, comparedPixels: Int) {
    self.maxAbsDiff = maxAbsDiff
    self.changedPixels = changedPixels
    self.comparedPixels = comparedPixels
  }

  private enum CodingKeys: String, CodingKey {
    case maxAbsDiff = "max_abs_diff"
    case changedPixels = "changed_pixels"
    case comparedPixels = "compared_pixels"
  }
}

/// The mean step of colour across the hole's border, in 1/255, before and after seam repair.
package struct SeamShift: Codable, Sendable, Hashable {
  package let before: Double
  package let after: Double

  package init(before: Double, after: Double) {
    self.before = before
    self.after = after
  }
}
