/// Sample points in an object's own coordinates: x to the right, y up, 1 is half the object's size.
struct SampleGrid {
  let width: Int
  let height: Int
  /// The first sample.
  var origin: SIMD2<Float>
  /// From a sample to its right neighbour, and to the one below.
  var right: SIMD2<Float>
  var down: SIMD2<Float>

  var count: Int { width * height }

  /// The same points as seen by a shape that is turned around `centre`, counterclockwise.
  func turned(_ turns: Float, around centre: SIMD2<Float>) -> SampleGrid {
    let (sine, cosine) = (ExactMath.sine(turns: -turns), ExactMath.cosine(turns: -turns))
    func turn(_ v: SIMD2<Float>) -> SIMD2<Float> {
      SIMD2(v.x * cosine - v.y * sine, v.x * sine + v.y * cosine)
    }
    var grid = self
    grid.origin = turn(origin - centre) + centre
    grid.right = turn(right)
    grid.down = turn(down)
    return grid
  }

  /// Writes a function of the points, row by row.
  @inline(__always)
  func map(
    into target: UnsafeMutablePointer<Float>, _ body: (_ x: Float, _ y: Float) -> Float
  ) {
    for row in 0..<height {
      let (x0, y0) = (origin.x + Float(row) * down.x, origin.y + Float(row) * down.y)
      let line = target + row * width
      for column in 0..<width {
        line[column] = body(x0 + Float(column) * right.x, y0 + Float(column) * right.y)
      }
    }
  }
}
