package import Jobs

/// Scores pictures that are sent; the engine stands behind it.
package protocol PictureScoring: Sendable {
  /// Suspends until it is done, away from the caller's thread.
  /// - Throws: `ScoreFailure`; `CancellationError` where the caller gave up.
  func score(_ submission: ScoreSubmission) async throws -> ScoreAnswer
}

/// A picture to score with all that belongs to it.
package struct ScoreSubmission: Sendable {
  package let parameters: ScoreParameters
  package let image: [UInt8]
  package let mask: [UInt8]?

  package init(parameters: ScoreParameters, image: [UInt8], mask: [UInt8]?) {
    self.parameters = parameters
    self.image = image
    self.mask = mask
  }
}

/// What the judges say of it.
package struct ScoreAnswer: Sendable {
  package struct Map: Sendable {
    /// A PNG.
    package let bytes: [UInt8]
    package let width: Int
    package let height: Int

    package init(bytes: [UInt8], width: Int, height: Int) {
      self.bytes = bytes
      self.width = width
      self.height = height
    }
  }

  package let scores: CandidateScores
  /// The part of the picture that was judged.
  package let region: PictureRegion
  /// The rule that the mask was read by, and the share of the picture it covers.
  package let mask: (rule: String, share: Double)?
  package let heatMap: Map?
  package let warnings: [String]

  package init(
    scores: CandidateScores, region: PictureRegion, mask: (rule: String, share: Double)?,
    heatMap: Map?, warnings: [String]
  ) {
    self.scores = scores
    self.region = region
    self.mask = mask
    self.heatMap = heatMap
    self.warnings = warnings
  }
}

/// Why a picture was not scored.
package enum ScoreFailure: Error, Sendable, Hashable {
  /// A field of the request, by its wire name, with what to do.
  case invalid(field: String, detail: String)
  /// As many pictures wait as may.
  case full(retryAfter: Int)
  /// The service stops.
  case draining
  case failed(String)
}
