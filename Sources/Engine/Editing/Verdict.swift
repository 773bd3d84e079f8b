import Imaging
import Rewards

/// What the judges say of one picture.
struct Verdict {
  let scores: RewardScores
  /// By the edit's weights; `nil` where nothing was said that counts.
  let combined: Double?
  /// At the model's size; `nil` where the coherence judge is off.
  let map: CoherenceMap?
}

/// Judges pictures through the crop that the model sees.
struct Judging {
  let judges: Judges
  let weights: RewardWeights
  /// What the request says; alignment has nothing to go by without.
  let prompt: String?
  let plan: CropPlan
  /// At the model's size.
  let hole: Mask?

  /// - Parameter picture: the whole picture, as it is sent.
  func verdict(on picture: Picture) throws -> Verdict {
    let (scores, map) = try judges.score(try picture.crop(plan), hole: hole, prompt: prompt)
    return Verdict(scores: scores, combined: scores.combined(weights), map: map)
  }
}

extension HeatMap {
  /// Longest side of a heat map in pixels: the judge sees far fewer, and a larger picture would
  /// say no more.
  static let longestSide = 1024

  /// At the region's size in the picture, unless that is larger than `longestSide`.
  init(_ map: CoherenceMap, over region: PixelRect) throws(ImagingError) {
    let scale = min(1, Double(Self.longestSide) / Double(max(region.width, region.height)))
    width = max(1, Int((Double(region.width) * scale).rounded()))
    height = max(1, Int((Double(region.height) * scale).rounded()))
    bytes = try ImageEncoder.png(try map.heatMap(width: width, height: height))
    self.region = region
  }
}
