import Imaging

/// Intersection over union of the object's true pixels and those that stand out from the clean
/// background, softly.
///
/// A pixel stands out as its colour, averaged over 3x3, is away from the background's: from half
/// a threshold (0) to one and a half (1). The threshold is half of the render's own median
/// distance on the object. Pixels where the render itself does not stand out, and shadows outside
/// the object, say nothing. The render's own value is 1.
struct SilhouetteTerm {
  private let background: [Plane]
  private let threshold: Float
  /// The pixels that say something: whether they are the object's.
  private let isObject: [(index: Int, Bool)]
  private var ceiling = 1.0

  /// Nil without an object, or where it cannot be told from the background by colour.
  init?(_ reference: OracleReference) {
    guard let instance = reference.instance else { return nil }
    background = Self.planes(reference.background)
    let distances = Self.distances(Self.planes(reference.target), background)
    let onObject = distances.indices.filter { instance.coverage[$0] != 0 }.map { distances[$0] }
    threshold = max(0.02, 0.5 * onObject.sorted()[onObject.count / 2])
    let limit = threshold
    isObject = distances.indices.compactMap { index in
      guard reference.hole.coverage[index] != 0 else { return nil }
      let object = instance.coverage[index] != 0
      let standsOut = distances[index] > 0.75 * limit
      return object == standsOut ? (index, object) : nil
    }
    guard isObject.contains(where: \.1) else { return nil }
    ceiling = overlap(reference.target)
    guard ceiling > 0 else { return nil }
  }

  func score(_ candidate: FloatImage) -> Double { min(1, overlap(candidate) / ceiling) }

  private func overlap(_ candidate: FloatImage) -> Double {
    let distances = Self.distances(Self.planes(candidate), background)
    var (common, either) = (0.0, 0.0)
    for (index, object) in isObject {
      let share = Double(min(1, max(0, distances[index] / threshold - 0.5)))
      common += object ? share : 0
      either += object ? 1 : share
    }
    return either > 0 ? common / either : 0
  }

  private static func planes(_ image: FloatImage) -> [Plane] {
    [
      Plane(image, red: 1, green: 0, blue: 0), Plane(image, red: 0, green: 1, blue: 0),
      Plane(image, red: 0, green: 0, blue: 1),
    ].map { $0.averaged(1) }
  }

  private static func distances(_ first: [Plane], _ second: [Plane]) -> [Float] {
    guard let plane = first.first else { return [] }
    return plane.values.indices.map { index in
      var sum: Float = 0
      for (one, other) in zip(first, second) {
        let difference = one.values[index] - other.values[index]
        sum += difference * difference
      }
      return (sum / 3).squareRoot()
    }
  }
}
