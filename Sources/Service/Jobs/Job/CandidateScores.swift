/// What the judges say of a candidate: in a result, in progress and on the wire.
///
/// A judge that is off, or has nothing to go by, is written as `null`.
package struct CandidateScores: Codable, Sendable, Hashable {
  package struct Score: Codable, Sendable, Hashable {
    /// Standardised over held-out edits: mean 0, deviation 1 there.
    package let raw: Double
    /// The share of held-out edits that score lower, from 0 to 1.
    package let calibrated: Double

    package init(raw: Double, calibrated: Double) {
      self.raw = raw
      self.calibrated = calibrated
    }
  }

  package let aesthetic: Score?
  package let alignment: Score?
  package let coherence: Score?
  /// The weighted mean of the calibrated scores, by which candidates are ordered.
  package let combined: Double?

  package init(aesthetic: Score?, alignment: Score?, coherence: Score?, combined: Double?) {
    self.aesthetic = aesthetic
    self.alignment = alignment
    self.coherence = coherence
    self.combined = combined
  }

  /// The scores that are there, by their judges' names.
  package var byJudge: [(judge: String, score: Score)] {
    [("aesthetic", aesthetic), ("alignment", alignment), ("coherence", coherence)]
      .compactMap { judge, score in score.map { (judge, $0) } }
  }

  private enum CodingKeys: String, CodingKey {
    case aesthetic
    case alignment
    case coherence
    case combined
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(aesthetic, forKey: .aesthetic)
    try container.encode(alignment, forKey: .alignment)
    try container.encode(coherence, forKey: .coherence)
    try container.encode(combined, forKey: .combined)
  }
}

/// Where a candidate looks generated: a stored picture and the part of the candidate it lies over.
package struct CoherenceMapRecord: Codable, Sendable, Hashable {
  package let image: BlobReference
  package let width: Int
  package let height: Int
  package let region: PictureRegion

  package init(image: BlobReference, width: Int, height: Int, region: PictureRegion) {
    self.image = image
    self.width = width
    self.height = height
    self.region = region
  }
}

/// A rectangle of a picture, in pixels from the top left.
package struct PictureRegion: Codable, Sendable, Hashable {
  package let x: Int
  package let y: Int
  package let width: Int
  package let height: Int

  package init(x: Int, y: Int, width: Int, height: Int) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }
}
