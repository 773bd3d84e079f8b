extension Shape {
  /// The distances at all points of the grid, `[height, width]`.
  func distances(on grid: SampleGrid) -> [Float] {
    [Float](unsafeUninitializedCapacity: grid.count) { buffer, initialized in
      if let start = buffer.baseAddress { write(grid, start) }
      initialized = grid.count
    }
  }

  private func write(_ grid: SampleGrid, _ target: UnsafeMutablePointer<Float>) {
    switch self {
    case .ellipse(let centre, let radii): Self.ellipse(grid, target, centre, radii)
    case .box(let centre, let half, let radius): Self.box(grid, target, centre, half, radius)
    case .limb(let a, let b, let ra, let rb): Self.limb(grid, target, a, b, ra, rb)
    case .polygon(let corners, let radius): Self.polygon(grid, target, corners, radius)
    case .outline(let shape, let width):
      shape.write(grid, target)
      for index in 0..<grid.count { target[index] = abs(target[index]) - width }
    case .union(let shapes): Self.join(shapes, grid, target) { min($0, $1) }
    case .blend(let shapes, let length):
      Self.join(shapes, grid, target) { a, b in
        let overlap = max(0, length - abs(a - b)) / length
        return min(a, b) - overlap * overlap * length * 0.25
      }
    case .common(let a, let b): Self.join([a, b], grid, target) { max($0, $1) }
    case .difference(let a, let b): Self.join([a, b], grid, target) { max($0, -$1) }
    case .turned(let shape, let turns, let centre):
      shape.write(grid.turned(turns, around: centre), target)
    }
  }

  @inline(__always)
  private static func join(
    _ shapes: [Shape], _ grid: SampleGrid, _ target: UnsafeMutablePointer<Float>,
    _ body: (Float, Float) -> Float
  ) {
    guard let first = shapes.first else {
      return target.update(repeating: .greatestFiniteMagnitude, count: grid.count)
    }
    first.write(grid, target)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: grid.count) { other in
      guard let other = other.baseAddress else { return }
      for shape in shapes.dropFirst() {
        shape.write(grid, other)
        for index in 0..<grid.count { target[index] = body(target[index], other[index]) }
      }
    }
  }

  private static func ellipse(
    _ grid: SampleGrid, _ target: UnsafeMutablePointer<Float>, _ centre: SIMD2<Float>,
    _ radii: SIMD2<Float>
  ) {
    guard radii.x != radii.y else {
      return grid.map(into: target) { x, y in
        let (dx, dy) = (x - centre.x, y - centre.y)
        return (dx * dx + dy * dy).squareRoot() - radii.x
      }
    }
    let (a, b) = (1 / radii.x, 1 / radii.y)
    grid.map(into: target) { x, y in
      let (dx, dy) = ((x - centre.x) * a, (y - centre.y) * b)
      let (ex, ey) = (dx * a, dy * b)
      // The small terms give the centre, 0/0 without them, a depth between the two radii.
      let level = (dx * dx + dy * dy + 1e-6).squareRoot()
      let slope = (ex * ex + ey * ey + 1e-6 * a * b).squareRoot()
      return level * (level - 1) / slope
    }
  }

  private static func box(
    _ grid: SampleGrid, _ target: UnsafeMutablePointer<Float>, _ centre: SIMD2<Float>,
    _ half: SIMD2<Float>, _ radius: Float
  ) {
    let inner = half - radius
    grid.map(into: target) { x, y in
      let (dx, dy) = (abs(x - centre.x) - inner.x, abs(y - centre.y) - inner.y)
      let (ox, oy) = (max(dx, 0), max(dy, 0))
      return (ox * ox + oy * oy).squareRoot() + min(max(dx, dy), 0) - radius
    }
  }

  private static func limb(
    _ grid: SampleGrid, _ target: UnsafeMutablePointer<Float>, _ a: SIMD2<Float>,
    _ b: SIMD2<Float>, _ ra: Float, _ rb: Float
  ) {
    let (ex, ey) = (b.x - a.x, b.y - a.y)
    let scale = 1 / max(ex * ex + ey * ey, 1e-9)
    grid.map(into: target) { x, y in
      let (px, py) = (x - a.x, y - a.y)
      let part = min(1, max(0, (px * ex + py * ey) * scale))
      let (dx, dy) = (px - ex * part, py - ey * part)
      return (dx * dx + dy * dy).squareRoot() - (ra + (rb - ra) * part)
    }
  }

  /// The nearest edge, and the sign by the edges that a ray to the right crosses.
  private static func polygon(
    _ grid: SampleGrid, _ target: UnsafeMutablePointer<Float>, _ corners: [SIMD2<Float>],
    _ radius: Float
  ) {
    target.update(repeating: .greatestFiniteMagnitude, count: grid.count)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: grid.count) { sign in
      guard let sign = sign.baseAddress else { return }
      sign.update(repeating: 1, count: grid.count)
      for (index, corner) in corners.enumerated() {
        edge(grid, target, sign, corner, corners[index == 0 ? corners.count - 1 : index - 1])
      }
      for index in 0..<grid.count {
        target[index] = sign[index] * target[index].squareRoot() - radius
      }
    }
  }

  @inline(__always)
  private static func edge(
    _ grid: SampleGrid, _ nearest: UnsafeMutablePointer<Float>, _ sign: UnsafeMutablePointer<Float>,
    _ a: SIMD2<Float>, _ b: SIMD2<Float>
  ) {
    let (ex, ey) = (b.x - a.x, b.y - a.y)
    let scale = 1 / max(ex * ex + ey * ey, 1e-9)
    for row in 0..<grid.height {
      let x0 = grid.origin.x + Float(row) * grid.down.x - a.x
      let y0 = grid.origin.y + Float(row) * grid.down.y - a.y
      let start = row * grid.width
      for column in 0..<grid.width {
        let (x, y) = (x0 + Float(column) * grid.right.x, y0 + Float(column) * grid.right.y)
        let part = min(1, max(0, (x * ex + y * ey) * scale))
        let (dx, dy) = (x - ex * part, y - ey * part)
        nearest[start + column] = min(nearest[start + column], dx * dx + dy * dy)
        let crosses = (y >= 0) != (y - ey >= 0)
        let isLeft = (ex * y - ey * x > 0) == (ey > 0)
        sign[start + column] *= crosses && isLeft ? -1 : 1
      }
    }
  }
}
