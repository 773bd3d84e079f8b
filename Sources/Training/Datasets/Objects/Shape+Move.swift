extension Shape {
  /// The same shape elsewhere.
  func moved(_ x: Float, _ y: Float) -> Shape {
    let by = SIMD2(x, y)
    switch self {
    case .ellipse(let centre, let radii): return .ellipse(centre + by, radii)
    case .box(let centre, let half, let radius): return .box(centre + by, half, radius)
    case .limb(let a, let b, let ra, let rb): return .limb(a + by, b + by, ra, rb)
    case .polygon(let corners, let radius): return .polygon(corners.map { $0 + by }, radius)
    case .outline(let shape, let width): return .outline(shape.moved(x, y), width)
    case .union(let shapes): return .union(shapes.map { $0.moved(x, y) })
    case .blend(let shapes, let length): return .blend(shapes.map { $0.moved(x, y) }, length)
    case .common(let a, let b): return .common(a.moved(x, y), b.moved(x, y))
    case .difference(let a, let b): return .difference(a.moved(x, y), b.moved(x, y))
    case .turned(let shape, let turns, let centre):
      return .turned(shape.moved(x, y), turns, centre + by)
    }
  }
}
