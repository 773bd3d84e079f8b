import Glibc
package import Imaging

/// A judge made of formulas, for where no people are: it knows what was asked and measures how far
/// a candidate is from it.
///
/// It is no person's taste. It ranks candidates of one edit by damage that can be named, and every
/// term falls when its own damage grows; docs/preferences.md lists them.
package struct Oracle: Sendable {
  private let reference: OracleReference
  private let targetLuma: Plane
  private let silhouette: SilhouetteTerm?
  private let seamOfTarget: Double

  package init(_ reference: OracleReference) {
    self.reference = reference
    targetLuma = Plane(lumaOf: reference.target)
    silhouette = SilhouetteTerm(reference)
    seamOfTarget = (try? reference.target.seam(of: reference.hole).excess) ?? 0
  }

  /// Every term that can be said of a candidate: RGB in 0...1 of the reference's size.
  package func scores(_ candidate: FloatImage) throws(DatasetError) -> OracleScores {
    let hole = reference.hole
    guard candidate.width == hole.width, candidate.height == hole.height, candidate.channels == 3
    else {
      throw .invalidSetting(
        name: "candidate",
        reason: "\(candidate.width)x\(candidate.height) with \(candidate.channels) channels, not "
          + "\(hole.width)x\(hole.height) with 3")
    }
    let luma = Plane(lumaOf: candidate)
    var values: [OracleTerm: Double] = [
      .sharpness: sharpness(luma), .lighting: lighting(luma), .cast: cast(candidate),
      .texture: TextureTerm.score(luma, targetLuma, over: hole), .seam: seam(candidate),
    ]
    values[.silhouette] = silhouette?.score(candidate)
    values[.outline] = reference.instance.map {
      OutlineTerm.score(luma, targetLuma, instance: $0, hole: hole)
    }
    return OracleScores(values)
  }

  /// Indices of the candidates, the best first; equal ones keep their order.
  package static func ranking(_ scores: [OracleScores], by terms: OracleTerms) -> [Int] {
    let totals = scores.map { $0.score(terms) }
    return scores.indices.sorted { (totals[$1], $0) < (totals[$0], $1) }
  }

  // MARK: Terms

  /// The ratio of mean squared Laplacians, whichever is smaller above.
  private func sharpness(_ luma: Plane) -> Double {
    ratio(energy(luma), energy(targetLuma))
  }

  private func energy(_ plane: Plane) -> Double {
    var (sum, count) = (0.0, 0.0)
    reference.subject.forEachPixel { x, y in
      let value = Double(plane.laplacian(x, y))
      sum += value * value
      count += 1
    }
    // Amplitude, not power: half as sharp is 1/2.
    return (sum / max(1, count)).squareRoot()
  }

  /// A plane is fitted to the brightness; what counts is how far its level and its two slopes,
  /// over half the object's extent, are from the render's: exp(-distance / 0.15).
  private func lighting(_ luma: Plane) -> Double {
    let given = ShadingPlane(luma, over: reference.subject)
    let wanted = ShadingPlane(targetLuma, over: reference.subject)
    return exp(-given.distance(to: wanted) / 0.15)
  }

  /// The distance of the mean Cb and Cr of object and hole, the worse of the two:
  /// exp(-distance / 0.05).
  private func cast(_ candidate: FloatImage) -> Double {
    let distances = [reference.subject, reference.hole].map { region in
      chromaDistance(candidate, over: region)
    }
    return exp(-(distances.max() ?? 0) / 0.05)
  }

  private func chromaDistance(_ candidate: FloatImage, over region: Mask) -> Double {
    func mean(_ image: FloatImage, _ red: Float, _ green: Float, _ blue: Float) -> Double {
      Double(Plane(image, red: red, green: green, blue: blue).mean(over: region))
    }
    let target = reference.target
    // Rec. 601: Cb and Cr.
    let cb =
      mean(candidate, -0.168736, -0.331264, 0.5) - mean(target, -0.168736, -0.331264, 0.5)
    let cr =
      mean(candidate, 0.5, -0.418688, -0.081312) - mean(target, 0.5, -0.418688, -0.081312)
    return (cb * cb + cr * cr).squareRoot()
  }

  /// What the border adds to the picture's own gradient, beyond what it does in the reference:
  /// exp(-excess / 0.05).
  private func seam(_ candidate: FloatImage) -> Double {
    let excess = (try? candidate.seam(of: reference.hole).excess) ?? 0
    return exp(-max(0, excess - seamOfTarget) / 0.05)
  }
}

/// The smaller over the larger, 0...1; two that are nothing are equal.
func ratio(_ first: Double, _ second: Double) -> Double {
  // Below a thousandth of the range differences are rounding, not detail.
  let (low, high) = (min(first, second) + 1e-3, max(first, second) + 1e-3)
  return low / high
}

extension Mask {
  func forEachPixel(_ body: (_ x: Int, _ y: Int) -> Void) {
    for (index, coverage) in coverage.enumerated() where coverage != 0 {
      body(index % width, index / width)
    }
  }
}
