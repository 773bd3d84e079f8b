import Recipes
import Statistics

/// Means of what probe and oracle say, by the way a candidate was come by; resampled over scenes or
/// photographs, and over objects, the wider interval counting.
struct BestOfTally {
  private var order: [String] = []
  private var means: [String: [ClusteredMean]] = [:]

  /// - Parameters:
  ///   - oracle: nil where there is no candidate to speak of.
  ///   - clusters: what the edit shares with others, one for each way to group them.
  mutating func add(_ name: String, probe: Double, oracle: Double?, _ clusters: [String]) {
    add("\(name)|probe", probe, clusters)
    if let oracle { add("\(name)|oracle", oracle, clusters) }
  }

  private mutating func add(_ key: String, _ value: Double, _ clusters: [String]) {
    if means[key] == nil { order.append(key) }
    var groupings = means[key] ?? clusters.map { _ in ClusteredMean() }
    for (index, cluster) in clusters.enumerated() where index < groupings.count {
      groupings[index].add(value, cluster: cluster)
    }
    means[key] = groupings
  }

  func rows(seed: UInt64) -> [HeldOutTable.Row] {
    order.compactMap { key in
      let parts = key.split(separator: "|")
      return widest((means[key] ?? []).map { $0.estimate(seed: seed) }).map {
        HeldOutTable.Row(String(parts[0]), measure: String(parts[1]), $0)
      }
    }
  }
}
