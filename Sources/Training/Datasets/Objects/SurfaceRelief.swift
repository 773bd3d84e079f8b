/// How a part bulges towards the viewer.
enum PartForm: Sendable {
  /// Like a cushion: rounded from the edge inwards, creases softened.
  case cushion
  /// The same with its creases, as something cut or folded.
  case faceted
  /// Like something turned on a lathe, about an upright axis.
  case turned
}

/// The slopes of a part's surface at the points of a grid: the normal's x to the right and y up.
struct SurfaceRelief {
  let grid: SampleGrid
  let step: Float
  private(set) var right: [Float]
  private(set) var up: [Float]

  /// - Parameters:
  ///   - distances: of the body whose surface it is, `[height, width]`.
  ///   - step: object units between samples.
  init(_ form: PartForm, distances: [Float], bevel: Float, grid: SampleGrid, step: Float) {
    self.grid = grid
    self.step = step
    right = [Float](repeating: 0, count: grid.count)
    up = right
    switch form {
    case .faceted: cushion(distances, bevel)
    case .cushion:
      var smooth = distances
      let radius = Int(min(0.3 * bevel, 0.15) / step)
      if radius > 0 { Self.soften(&smooth, grid, radius) }
      cushion(smooth, bevel)
    case .turned: turned(distances)
    }
  }

  /// Straight at the viewer deep inside, outwards at the edge.
  private mutating func cushion(_ distances: [Float], _ bevel: Float) {
    let depth = 1 / max(bevel, step)
    let slope = 0.5 / step
    let width = grid.width
    distances.withUnsafeBufferPointer { distances in
      right.withUnsafeMutableBufferPointer { right in
        up.withUnsafeMutableBufferPointer { up in
          for row in 1..<max(1, grid.height - 1) {
            for at in row * width + 1..<(row + 1) * width - 1 {
              let tilt = ExactMath.unit(1 + distances[at] * depth) * slope
              right[at] = (distances[at + 1] - distances[at - 1]) * tilt
              up[at] = (distances[at - width] - distances[at + width]) * tilt
            }
          }
        }
      }
    }
  }

  /// Each row is half a circle; its radius changes from row to row.
  private mutating func turned(_ distances: [Float]) {
    let extents = (0..<grid.height).map { extent(distances, row: $0) }
    for row in 0..<grid.height {
      guard let (middle, half) = extents[row], half > 0 else { continue }
      let (above, below) = (extents[max(0, row - 3)], extents[min(grid.height - 1, row + 3)])
      let change = ((above?.half ?? half * 0.8) - (below?.half ?? half)) * (1 / 6)
      let level = 1 / (1 + change * change).squareRoot()
      let rise = -change * level
      for column in 0..<grid.width {
        let across = min(1, max(-1, (Float(column) - middle) / half))
        right[row * grid.width + column] = across * level
        up[row * grid.width + column] = rise
      }
    }
  }

  /// The middle and half the width of a row's inside, in samples; nil where it has none.
  private func extent(_ distances: [Float], row: Int) -> (middle: Float, half: Float)? {
    let line = row * grid.width..<(row + 1) * grid.width
    guard let first = distances[line].firstIndex(where: { $0 < 0 }),
      let last = distances[line].lastIndex(where: { $0 < 0 })
    else { return nil }
    let left = Float(first - line.lowerBound) - min(1, -distances[first] / step)
    let right = Float(last - line.lowerBound) + min(1, -distances[last] / step)
    return ((left + right) * 0.5, (right - left) * 0.5)
  }

  /// A box filter along the rows, then down the columns; the border's values go on beyond it.
  private static func soften(_ field: inout [Float], _ grid: SampleGrid, _ radius: Int) {
    blur(&field, radius, count: grid.width, step: 1, lines: grid.height, line: grid.width)
    blur(&field, radius, count: grid.height, step: grid.width, lines: grid.width, line: 1)
  }

  private static func blur(
    _ field: inout [Float], _ radius: Int, count: Int, step: Int, lines: Int, line: Int
  ) {
    let scale = 1 / Float(2 * radius + 1)
    var copy = [Float](repeating: 0, count: count)
    field.withUnsafeMutableBufferPointer { field in
      copy.withUnsafeMutableBufferPointer { copy in
        for start in stride(from: 0, to: lines * line, by: line) {
          for place in 0..<count { copy[place] = field[start + place * step] }
          var sum = copy[0] * Float(radius + 1)
          for place in 1...radius { sum += copy[min(place, count - 1)] }
          for place in 0..<count {
            field[start + place * step] = sum * scale
            sum += copy[min(place + radius + 1, count - 1)] - copy[max(place - radius, 0)]
          }
        }
      }
    }
  }
}
