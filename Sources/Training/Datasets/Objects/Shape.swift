/// A flat shape by its signed distance, negative inside.
///
/// Source of the distances: Quilez, "2D distance functions".
indirect enum Shape: Sendable {
  case ellipse(SIMD2<Float>, SIMD2<Float>)
  /// Centre, half sides, radius of the corners.
  case box(SIMD2<Float>, SIMD2<Float>, Float)
  /// A line with a radius at each end.
  case limb(SIMD2<Float>, SIMD2<Float>, Float, Float)
  /// Corners in order, and a radius by which all is widened.
  case polygon([SIMD2<Float>], Float)
  /// A line along an outline, half its width.
  case outline(Shape, Float)
  case union([Shape])
  /// A union whose inner corners are filled over the given length.
  case blend([Shape], Float)
  case common(Shape, Shape)
  case difference(Shape, Shape)
  /// Turned counterclockwise around a point.
  case turned(Shape, Float, SIMD2<Float>)

  /// A rectangle that holds the shape.
  var bounds: Bounds {
    switch self {
    case .ellipse(let centre, let radii): Bounds(centre - radii, centre + radii)
    case .box(let centre, let half, _): Bounds(centre - half, centre + half)
    case .limb(let a, let b, let ra, let rb):
      Bounds(a - ra, a + ra).union(Bounds(b - rb, b + rb))
    case .polygon(let corners, let radius):
      corners.dropFirst().reduce(Bounds(corners.first ?? .zero, corners.first ?? .zero)) {
        $0.union(Bounds($1, $1))
      }.widened(radius)
    case .outline(let shape, let width): shape.bounds.widened(width)
    case .union(let shapes): Self.union(shapes)
    case .blend(let shapes, let length): Self.union(shapes).widened(length * 0.25)
    case .common(let a, let b): a.bounds.common(b.bounds)
    case .difference(let a, _): a.bounds
    case .turned(let shape, let turns, let centre): shape.bounds.turned(turns, around: centre)
    }
  }

  private static func union(_ shapes: [Shape]) -> Bounds {
    guard let first = shapes.first else { return Bounds(.zero, .zero) }
    return shapes.dropFirst().reduce(first.bounds) { $0.union($1.bounds) }
  }
}

/// A rectangle in object coordinates.
struct Bounds: Sendable, Hashable {
  var low: SIMD2<Float>
  var high: SIMD2<Float>

  init(_ low: SIMD2<Float>, _ high: SIMD2<Float>) {
    (self.low, self.high) = (low, high)
  }

  func union(_ other: Bounds) -> Bounds {
    Bounds(pointwiseMin(low, other.low), pointwiseMax(high, other.high))
  }

  func common(_ other: Bounds) -> Bounds {
    Bounds(pointwiseMax(low, other.low), pointwiseMin(high, other.high))
  }

  func widened(_ margin: Float) -> Bounds { Bounds(low - margin, high + margin) }

  func turned(_ turns: Float, around centre: SIMD2<Float>) -> Bounds {
    let (sine, cosine) = (ExactMath.sine(turns: turns), ExactMath.cosine(turns: turns))
    let corners = [low, SIMD2(high.x, low.y), SIMD2(low.x, high.y), high].map { corner in
      let v = corner - centre
      return SIMD2(v.x * cosine - v.y * sine, v.x * sine + v.y * cosine) + centre
    }
    return corners.dropFirst().reduce(Bounds(corners[0], corners[0])) { $0.union(Bounds($1, $1)) }
  }
}
