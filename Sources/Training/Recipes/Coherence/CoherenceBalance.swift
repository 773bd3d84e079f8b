/// How much each pixel of a batch counts.
///
/// Drawn and real pixels count alike in sum, and do so among those that kept their grain and among those that
/// lost it, each by itself: what is drawn was decoded, so that a judge would otherwise find every decoded
/// pixel suspicious, and learn the autoencoder's blur.
struct CoherenceBalance {
  /// A batch with hardly any pixels of a kind must not hang on those few.
  private static let most: Float = 8

  /// Of all samples, one behind the other.
  let weights: [Float]

  init(_ samples: [CoherenceSample]) {
    // By softness, then by whether it was drawn.
    var counts: [Float] = [0, 0, 0, 0]
    for sample in samples {
      for (drawn, soft) in zip(sample.drawn, sample.soft) { counts[Self.group(drawn, soft)] += 1 }
    }
    let factors = (0..<4).map { group in
      let both = counts[group / 2 * 2] + counts[group / 2 * 2 + 1]
      return min(both / (2 * max(counts[group], 1)), Self.most)
    }
    weights = samples.flatMap { sample in
      zip(sample.drawn, sample.soft).map { factors[Self.group($0, $1)] }
    }
  }

  private static func group(_ drawn: UInt8, _ soft: UInt8) -> Int {
    (soft == 0 ? 0 : 2) + (drawn == 0 ? 0 : 1)
  }
}
