import Imaging

/// One reward model, ready to judge.
package struct Judge: Sendable {
  /// What looks at the pictures.
  package enum Network: Sendable {
    case picture(any PictureJudgeNetwork)
    case pixels(any PixelJudgeNetwork)
  }

  package let kind: JudgeKind
  package let identity: JudgeIdentity
  package let calibration: Calibration
  /// Mean and deviation of the reward over held-out edits: raw = (reward - mean) / deviation.
  package let standardisation: Standardisation
  private let network: Network

  /// - Throws: `RewardError.unusable` where the network is not of the judge's kind: coherence
  ///   speaks of pixels, the others of pictures.
  package init(
    _ kind: JudgeKind, identity: JudgeIdentity, network: Network,
    standardisation: Standardisation = Standardisation(), calibration: Calibration = .normal
  ) throws(RewardError) {
    switch (kind, network) {
    case (.coherence, .pixels), (.aesthetic, .picture), (.alignment, .picture): break
    default:
      throw .unusable(
        path: identity.name, reason: "its network is not one of the \(kind.rawValue) judge")
    }
    self.kind = kind
    self.identity = identity
    self.network = network
    self.standardisation = standardisation
    self.calibration = calibration
  }

  /// What the judge says of a picture; `nil` where it has nothing to go by: alignment without a
  /// prompt.
  ///
  /// - Parameters:
  ///   - picture: sRGB in 0...1, what the editor's model saw of the candidate.
  ///   - hole: what was edited, of the picture's size; coherence is the mean over it, and a judge
  ///     may look at the square around it alone.
  ///   - map: the coherence judge's map at the picture's size is put there.
  func score(
    _ picture: FloatImage, hole: Mask?, prompt: String?, map: inout CoherenceMap?
  ) throws -> RewardScore? {
    if kind == .alignment, prompt?.isEmpty ?? true { return nil }
    let reward =
      switch network {
      case .picture(let network):
        try network.reward(of: picture, hole: try box(hole, picture), text: prompt ?? "")
      case .pixels(let network): try meanReward(network, picture, hole, map: &map)
      }
    let raw = standardisation.standardised(reward)
    guard raw.isFinite else { throw RewardError.notFinite(kind) }
    return RewardScore(raw: raw, calibrated: calibration.share(below: raw))
  }

  private func box(_ hole: Mask?, _ picture: FloatImage) throws(ImagingError) -> PixelRect? {
    try hole?.check(width: picture.width, height: picture.height)
    return hole?.boundingBox
  }

  private func meanReward(
    _ network: any PixelJudgeNetwork, _ picture: FloatImage, _ hole: Mask?,
    map: inout CoherenceMap?
  ) throws -> Double {
    let whole = try network.rewards(of: picture)
      .resized(width: picture.width, height: picture.height)
    map = whole
    return try whole.meanReward(over: hole)
  }
}

/// Which judge it was.
package struct JudgeIdentity: Sendable, Equatable {
  /// The architecture, such as `blip_reward`, or the name of a published scorer.
  package var name: String
  /// SHA-256 over the judge's files: see `ModelDigest`.
  package var hash: String

  package init(name: String, hash: String) {
    self.name = name
    self.hash = hash
  }
}

/// Bradley-Terry leaves a reward's offset and scale open; these two numbers fix them.
package struct Standardisation: Sendable, Equatable {
  package let mean: Double
  /// Above 0.
  package let deviation: Double

  /// Nothing is changed.
  package init() {
    (mean, deviation) = (0, 1)
  }

  /// - Throws: `RewardError.unusable` unless both are finite and the deviation is above 0.
  package init(mean: Double, deviation: Double, path: String) throws(RewardError) {
    guard mean.isFinite, deviation.isFinite, deviation > 0 else {
      throw .unusable(
        path: path,
        reason: "\"reward_mean\" must be a number and \"reward_std\" one above 0")
    }
    self.mean = mean
    self.deviation = deviation
  }

  package func standardised(_ reward: Double) -> Double { (reward - mean) / deviation }
}
