import Statistics

/// How well real and drawn pixels are told apart, by kind of fill.
///
/// Of each picture as many pixels count, evenly spread over its hole: of the real picture as
/// positives, of the other one as negatives.
struct CoherenceTally {
  private static let pixelsOfPicture = 48

  private var order: [String] = []
  private var areas: [String: [AreaUnderCurve]] = [:]

  mutating func add(_ comparison: CoherenceComparison, real: [Float], fake: [Float]) {
    let inside = comparison.hole.indices.filter { comparison.hole[$0] != 0 }
    let count = min(Self.pixelsOfPicture, inside.count)
    let places = (0..<count).map { inside[$0 * inside.count / count] }
    if areas[comparison.name] == nil { order.append(comparison.name) }
    var groupings =
      areas[comparison.name] ?? comparison.clusters.map { _ in AreaUnderCurve() }
    for (index, cluster) in comparison.clusters.enumerated() where index < groupings.count {
      for place in places {
        groupings[index].add(score: real[place], isPositive: true, cluster: cluster)
        groupings[index].add(score: fake[place], isPositive: false, cluster: cluster)
      }
    }
    areas[comparison.name] = groupings
  }

  func rows(seed: UInt64) -> [HeldOutTable.Row] {
    order.compactMap { name in
      widest((areas[name] ?? []).map { $0.estimate(seed: seed) })
        .map { HeldOutTable.Row(name, measure: "AUC", $0) }
    }
  }
}
