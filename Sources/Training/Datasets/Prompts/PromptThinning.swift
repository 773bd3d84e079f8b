/// Prompts thinned so that those kept differ: groups of like ones, a map of them, and of every
/// stretch of the map a few.
///
/// What is closest to one that is kept goes first: within a group the kept ones are drawn by
/// farthest-point sampling on the map (Gonzalez 1985). A group keeps a share in proportion to the
/// root of its size, so that what is rare stays. Above `TSNE.mostPoints` prompts each group is first
/// thinned in the space itself until the map has room; those that go there have no place on it.
package struct PromptThinning: Sendable {
  package let prompts: [String]
  /// The group of every prompt.
  package let groups: [Int]
  /// Where every prompt lies on the map; nil for those dropped before it was drawn.
  package let places: [(x: Float, y: Float)?]
  /// Whether a prompt is kept.
  package let isKept: [Bool]
  /// The kept prompt that is nearest to it in its group; its own index for a kept one.
  package let representatives: [Int]
  package let divergences: [Double]

  /// How prompts are thinned.
  package struct Settings: Sendable {
    package var keep: Int
    /// Groups; nil takes the root of half the number of prompts.
    package var groups: Int?
    package var perplexity = 30.0
    package var iterations = 500
    package var seed: UInt64 = 0

    package init(keep: Int, groups: Int? = nil) { (self.keep, self.groups) = (keep, groups) }
  }

  /// - Parameters:
  ///   - prompts: without doubles; see `distinct`.
  ///   - embeddings: a point each; only their directions count.
  package init(
    _ prompts: [String], embeddings: PointSet, settings: Settings
  ) throws(DatasetError) {
    guard prompts.count == embeddings.count, prompts.count >= 4 else {
      throw .invalidSetting(
        name: "prompts",
        reason: "\(prompts.count) with \(embeddings.count) embeddings; at least 4 are needed")
    }
    guard (1...prompts.count).contains(settings.keep) else {
      throw .invalidSetting(
        name: "keep",
        reason: "\(settings.keep); must be 1 to the number of prompts, \(prompts.count)"
      )
    }
    let points = embeddings.normalized()
    let wanted = settings.groups ?? max(1, Int((Double(prompts.count) / 2).squareRoot()))
    let clusters = try KMeans(points, groups: wanted, seed: settings.seed)
    let mapped = Self.thinned(
      Array(prompts.indices), clusters.groups, to: min(prompts.count, TSNE.mostPoints), points)
    let drawn = try TSNE(
      points.picked(mapped), perplexity: settings.perplexity, iterations: settings.iterations,
      seed: settings.seed)
    let kept = Self.thinned(
      Array(mapped.indices), mapped.map { clusters.groups[$0] },
      to: min(settings.keep, mapped.count), drawn.map
    ).map { mapped[$0] }
    self.prompts = prompts
    groups = clusters.groups
    divergences = drawn.divergences
    var places = [(x: Float, y: Float)?](repeating: nil, count: prompts.count)
    for (place, index) in mapped.enumerated() {
      places[index] = (drawn.map.values[2 * place], drawn.map.values[2 * place + 1])
    }
    self.places = places
    var isKept = [Bool](repeating: false, count: prompts.count)
    for index in kept { isKept[index] = true }
    self.isKept = isKept
    representatives = Self.representatives(kept, clusters.groups, points)
  }

  /// Prompts without surrounding space, empty lines and doubles, whatever their case; the first of
  /// the doubles stays.
  package static func distinct(_ lines: [String]) -> [String] {
    var seen: Set<String> = []
    return lines.compactMap { line in
      let words = line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      return !words.isEmpty && seen.insert(words.lowercased()).inserted ? words : nil
    }
  }

  /// Of every group a share, chosen so that they are far from each other; ascending.
  private static func thinned(
    _ indices: [Int], _ groups: [Int], to count: Int, _ points: PointSet
  ) -> [Int] {
    guard count < indices.count else { return indices }
    var members = [[Int]](repeating: [], count: (groups.max() ?? 0) + 1)
    for index in indices { members[groups[index]].append(index) }
    let quotas = quotas(members.map(\.count), total: count)
    return zip(members, quotas).flatMap { spread($0, $1, points) }.sorted()
  }

  /// How many each group keeps: in proportion to the root of its size, never more than it has,
  /// `total` together.
  static func quotas(_ sizes: [Int], total: Int) -> [Int] {
    var quotas = [Int](repeating: 0, count: sizes.count)
    // One by one to the group that is the farthest behind its share (d'Hondt's method).
    for _ in 0..<min(total, sizes.reduce(0, +)) {
      let next = sizes.indices.filter { quotas[$0] < sizes[$0] }.max { one, other in
        func claim(_ group: Int) -> Double {
          Double(sizes[group]).squareRoot() / Double(quotas[group] + 1)
        }
        return (claim(one), other) < (claim(other), one)
      }
      if let next { quotas[next] += 1 }
    }
    return quotas
  }

  /// Farthest-point sampling from the member nearest to the mean.
  private static func spread(_ members: [Int], _ count: Int, _ points: PointSet) -> [Int] {
    guard count > 0, count < members.count else { return count > 0 ? members : [] }
    var mean = [Double](repeating: 0, count: points.width)
    for member in members {
      for (k, value) in points[member].enumerated() {
        mean[k] += Double(value) / Double(members.count)
      }
    }
    var nearest = members.map { member in
      zip(points[member], mean).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
    }
    var next = nearest.indices.min { nearest[$0] < nearest[$1] } ?? 0
    nearest = nearest.map { _ in .infinity }
    var kept: [Int] = []
    while kept.count < count {
      kept.append(members[next])
      nearest[next] = -1
      for place in nearest.indices where nearest[place] >= 0 {
        let distance = points.squaredDistance(members[place], to: points, kept[kept.count - 1])
        nearest[place] = min(nearest[place], distance)
      }
      next = nearest.indices.max { (nearest[$0], $1) < (nearest[$1], $0) } ?? 0
    }
    return kept
  }

  /// The nearest kept one of the same group, else of all.
  private static func representatives(
    _ kept: [Int], _ groups: [Int], _ points: PointSet
  ) -> [Int] {
    var byGroup: [Int: [Int]] = [:]
    for index in kept { byGroup[groups[index], default: []].append(index) }
    let isKept = Set(kept)
    return groups.indices.map { index in
      guard !isKept.contains(index) else { return index }
      return (byGroup[groups[index]] ?? kept).min { one, other in
        points.squaredDistance(index, to: points, one)
          < points.squaredDistance(index, to: points, other)
      } ?? index
    }
  }
}
