import Compute

/// Points parted into groups around their means.
///
/// Lloyd's iteration from k-means++ seeds; the best of several starts. The same points and seed
/// give the same groups on any number of threads. Sources: Lloyd 1982; Arthur and Vassilvitskii
/// 2007, section 2.2.
package struct KMeans: Sendable {
  /// `[groups, width]`.
  package let centres: PointSet
  /// The group of every point.
  package let groups: [Int]
  /// The sum of the points' squared distances to their centres.
  package let inertia: Double

  /// - Parameters:
  ///   - groups: how many, at most as many as points.
  ///   - restarts: starts from other seeds; the lowest inertia is kept.
  ///   - iterations: of one start, at most.
  package init(
    _ points: PointSet, groups: Int, seed: UInt64 = 0, restarts: Int = 4, iterations: Int = 100
  ) throws(DatasetError) {
    guard groups > 0, groups <= points.count else {
      throw .invalidSetting(
        name: "clusters", reason: "\(groups); must be 1 to the number of points, \(points.count)")
    }
    let root = SplitMix(seed: seed)
    var best = KMeans(points, groups, root.stream(0), iterations)
    for restart in 1..<max(2, restarts) where restart < restarts {
      let other = KMeans(points, groups, root.stream(restart), iterations)
      if other.inertia < best.inertia { best = other }
    }
    self = best
  }

  /// One start.
  private init(_ points: PointSet, _ count: Int, _ generator: SplitMix, _ iterations: Int) {
    var generator = generator
    var centres = points.picked(Self.seeds(points, count, &generator))
    var assignment = Self.assign(points, centres)
    for _ in 0..<iterations {
      let moved = Self.means(points, assignment, centres)
      let next = Self.assign(points, moved)
      let isDone = next.groups == assignment.groups
      (centres, assignment) = (moved, next)
      if isDone { break }
    }
    self.centres = centres
    groups = assignment.groups
    inertia = assignment.distances.reduce(0, +)
  }

  /// Points drawn one after the other, each in proportion to its squared distance to the nearest
  /// that was drawn.
  private static func seeds(
    _ points: PointSet, _ count: Int, _ generator: inout SplitMix
  ) -> [Int] {
    var seeds = [Int(generator.uniform() * Double(points.count))]
    var nearest = [Double](repeating: .infinity, count: points.count)
    while seeds.count < count {
      let last = seeds[seeds.count - 1]
      for index in nearest.indices {
        nearest[index] = min(nearest[index], points.squaredDistance(index, to: points, last))
      }
      seeds.append(draw(nearest, generator.uniform()) ?? firstUnused(seeds))
    }
    return seeds
  }

  /// An index in proportion to the weights; nil where all are zero.
  private static func draw(_ weights: [Double], _ uniform: Double) -> Int? {
    let total = weights.reduce(0, +)
    guard total > 0 else { return nil }
    var rest = uniform * total
    for (index, weight) in weights.enumerated() where weight > 0 {
      rest -= weight
      if rest < 0 { return index }
    }
    return weights.lastIndex { $0 > 0 }
  }

  /// Where fewer points differ than groups are wanted, some groups share a place.
  private static func firstUnused(_ used: [Int]) -> Int {
    let used = Set(used)
    return (0...used.count).first { !used.contains($0) } ?? 0
  }

  private struct Assignment {
    var groups: [Int]
    var distances: [Double]
  }

  private static func assign(_ points: PointSet, _ centres: PointSet) -> Assignment {
    var groups = [Int](repeating: 0, count: points.count)
    var distances = [Double](repeating: 0, count: points.count)
    let band = 256
    groups.withUnsafeMutableBufferPointer { groups in
      distances.withUnsafeMutableBufferPointer { distances in
        nonisolated(unsafe) let (groups, distances) = (groups, distances)
        ThreadTeam.current.forEach((points.count + band - 1) / band) { task in
          for index in task * band..<min(points.count, (task + 1) * band) {
            var (nearest, least) = (0, Double.infinity)
            for centre in 0..<centres.count {
              let distance = points.squaredDistance(index, to: centres, centre)
              if distance < least { (nearest, least) = (centre, distance) }
            }
            (groups[index], distances[index]) = (nearest, least)
          }
        }
      }
    }
    return Assignment(groups: groups, distances: distances)
  }

  /// The groups' means; a group without points moves to the point that is farthest from its own.
  private static func means(
    _ points: PointSet, _ assignment: Assignment, _ centres: PointSet
  ) -> PointSet {
    let width = points.width
    var sums = [Double](repeating: 0, count: centres.values.count)
    var counts = [Int](repeating: 0, count: centres.count)
    for (index, group) in assignment.groups.enumerated() {
      counts[group] += 1
      for k in 0..<width { sums[group * width + k] += Double(points.values[index * width + k]) }
    }
    var moved = centres
    var farthest = assignment.distances.indices.sorted {
      assignment.distances[$0] > assignment.distances[$1]
    }[...]
    for group in counts.indices {
      let source: [Double]
      if counts[group] > 0 {
        source = (0..<width).map { sums[group * width + $0] / Double(counts[group]) }
      } else {
        source = points[farthest.popFirst() ?? 0].map(Double.init)
      }
      for k in 0..<width { moved.values[group * width + k] = Float(source[k]) }
    }
    return moved
  }
}
