package import Imaging
package import Rewards

/// What an editor tells while it works; a throw from the observer stops the edit there.
package enum EditEvent: Sendable, Equatable {
  /// A stage ended after so many seconds.
  case stage(EditStage, seconds: Double)
  /// So many of the model's answers are known from an earlier attempt.
  case resumed(answers: Int)
  /// Step `step` of `of` of candidate `candidate` is done; steps count from 1.
  case step(Int, of: Int, candidate: Int)
  /// What the judges say of candidate `candidate`, and what that comes to by the edit's weights.
  case scored(candidate: Int, RewardScores, combined: Double?)
  /// A file of the result (a candidate's picture, a heat map) that nothing will displace any more:
  /// it can be kept while the edit still computes.
  case file(bytes: [UInt8], mediaType: String)
  /// What a candidate would be if its remaining steps changed nothing; `EditRequest.previews` of
  /// each candidate.
  case preview(PreviewPicture)
}

/// An unfinished candidate in the whole picture, as a file of the edit's format.
package struct PreviewPicture: Sendable, Equatable {
  package var candidate: Int
  /// Counts from 1.
  package var step: Int
  package var of: Int
  package var bytes: [UInt8]
  package var mediaType: String
  package var width: Int
  package var height: Int
}

/// The stages of an edit, by their names in the metrics.
package enum EditStage: String, Sendable, CaseIterable {
  case decode
  case text
  case vaeEncode = "vae_encode"
  case denoise
  case vaeDecode = "vae_decode"
  case composite
  case score
  case encode
  /// Between the stages: settings, receipts, memory.
  case other
}

/// One finished picture.
package struct EditCandidate: Sendable {
  package var index: Int
  package var seed: UInt32
  /// The encoded file, as it is sent.
  package var bytes: [UInt8]
  package var mediaType: String
  package var width: Int
  package var height: Int
  /// What decoding `bytes` again says about the pixels outside the hole.
  package var preserved: PreservedDifference
  /// Across the hole's border, before and after seam repair, 0...255.
  package var seam: SeamReport
  package var receipt: Receipt
  /// What the judges say; `nil` where every judge is off.
  package var scores: RewardScores?
  /// The weighted mean of the calibrated scores, 0...1: what candidates are ordered by.
  package var combined: Double?
  /// There where the coherence judge is on.
  package var heatMap: HeatMap?
}

/// Where a candidate looks generated, as a picture.
package struct HeatMap: Sendable, Equatable {
  /// A PNG file; its colours are those of `HeatScale`.
  package var bytes: [UInt8]
  package var width: Int
  package var height: Int
  /// The part of the candidate that it lies over, in the candidate's pixels.
  package var region: PixelRect
}

/// The mean jump of colour across the hole's border, in steps of 1/255.
package struct SeamReport: Sendable, Equatable {
  package var before: Double
  package var after: Double
}

/// Everything that one edit gives.
package struct EditResult: Sendable {
  /// Best first; by their index where there are no scores.
  package var candidates: [EditCandidate]
  /// `alpha`, `luma` or `border`: the rule that the mask was read by.
  package var maskRule: String
  /// The share of the picture's pixels that was edited, 0...1.
  package var maskShare: Double
  /// True when the prompt was longer than the text encoder's window.
  package var isPromptTruncated: Bool
  package var isNegativePromptTruncated: Bool
  /// What a caller should know, one sentence each.
  package var warnings: [String]
  package var timings: [EditStage: Double]
}
