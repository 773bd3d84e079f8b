/// One hole among several: pixels that touch each other, corners included.
package struct HoleComponent: Sendable, Hashable {
  package var box: PixelRect
  /// Pixels of the hole.
  package var area: Int

  package init(box: PixelRect, area: Int) {
    self.box = box
    self.area = area
  }
}

extension Mask {
  /// The separated holes, from top to bottom; one that spans all when there are more than `limit`.
  ///
  /// Runs of each row are joined with those they touch in the row above; time O(pixels).
  package func components(limit: Int = 4096) -> [HoleComponent] {
    var forest = RunForest()
    let fits = coverage.withUnsafeBufferPointer { bytes in
      (0..<height).allSatisfy { y in
        forest.add(UnsafeBufferPointer(rebasing: bytes[y * width..<(y + 1) * width]), y: y)
        return forest.count <= 1 << 20
      }
    }
    if fits, let found = forest.components(limit: limit) { return found }
    return boundingBox.map { [HoleComponent(box: $0, area: count)] } ?? []
  }

  /// Boxes around holes; holes that come closer than `2 * margin` share a box.
  ///
  /// The boxes, each grown by `margin`, do not intersect. Time O(holes squared) at worst.
  package func holeGroups(margin: Int, limit: Int = 256) -> [PixelRect] {
    var boxes = components(limit: limit).map(\.box)
    var hasMerged = true
    while hasMerged {
      hasMerged = false
      var kept: [PixelRect] = []
      for box in boxes {
        let grown = box.expanded(by: margin, width: width, height: height)
        let near = kept.firstIndex {
          $0.expanded(by: margin, width: width, height: height).intersects(grown)
        }
        if let near {
          kept[near] = kept[near].union(box)
          hasMerged = true
        } else {
          kept.append(box)
        }
      }
      boxes = kept
    }
    return boxes.sorted { ($0.y, $0.x) < ($1.y, $1.x) }
  }
}

/// Union-find over runs of hole pixels.
private struct RunForest {
  private struct Run {
    var first: Int
    var last: Int
    var label: Int
  }

  private var above: [Run] = []
  private var parents: [Int] = []
  private var found: [HoleComponent] = []

  var count: Int { parents.count }

  mutating func add(_ row: UnsafeBufferPointer<UInt8>, y: Int) {
    var runs: [Run] = []
    var candidate = 0
    var x = 0
    while let first = row[x...].firstIndex(where: { $0 != 0 }) {
      let last = (row[first...].firstIndex { $0 == 0 } ?? row.count) - 1
      while candidate < above.count && above[candidate].last < first - 1 { candidate += 1 }
      var label: Int?
      var touching = candidate
      while touching < above.count && above[touching].first <= last + 1 {
        label = join(label, above[touching].label)
        touching += 1
      }
      runs.append(Run(first: first, last: last, label: record(label, first, last, y)))
      x = last + 1
    }
    above = runs
  }

  private mutating func record(_ label: Int?, _ first: Int, _ last: Int, _ y: Int) -> Int {
    let box = PixelRect(x: first, y: y, width: last - first + 1, height: 1)
    guard let label else {
      parents.append(parents.count)
      found.append(HoleComponent(box: box, area: box.width))
      return parents.count - 1
    }
    found[label].box = found[label].box.union(box)
    found[label].area += box.width
    return label
  }

  private mutating func root(_ label: Int) -> Int {
    var label = label
    while parents[label] != label {
      parents[label] = parents[parents[label]]
      label = parents[label]
    }
    return label
  }

  private mutating func join(_ first: Int?, _ second: Int) -> Int {
    let other = root(second)
    guard let first, first != other else { return other }
    let (kept, gone) = (min(first, other), max(first, other))
    parents[gone] = kept
    found[kept].box = found[kept].box.union(found[gone].box)
    found[kept].area += found[gone].area
    return kept
  }

  /// Nil when there are more than `limit`.
  func components(limit: Int) -> [HoleComponent]? {
    let roots = parents.indices.filter { parents[$0] == $0 }
    return roots.count > limit ? nil : roots.map { found[$0] }
  }
}
