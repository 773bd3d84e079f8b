/// Forms that the catalogue is made of, by plain numbers.
extension Shape {
  static func disc(_ x: Float, _ y: Float, _ radius: Float) -> Shape {
    .ellipse(SIMD2(x, y), SIMD2(radius, radius))
  }

  static func oval(_ x: Float, _ y: Float, _ rx: Float, _ ry: Float, turned: Float = 0) -> Shape {
    let oval = Shape.ellipse(SIMD2(x, y), SIMD2(rx, ry))
    return turned == 0 ? oval : .turned(oval, turned, SIMD2(x, y))
  }

  /// By its centre and half sides.
  static func slab(_ x: Float, _ y: Float, _ hx: Float, _ hy: Float, _ radius: Float = 0.02)
    -> Shape
  {
    .box(SIMD2(x, y), SIMD2(hx, hy), min(radius, min(hx, hy)))
  }

  static func rod(
    _ x1: Float, _ y1: Float, _ x2: Float, _ y2: Float, _ radius: Float, _ end: Float? = nil
  ) -> Shape {
    .limb(SIMD2(x1, y1), SIMD2(x2, y2), radius, end ?? radius)
  }

  static func area(_ corners: [SIMD2<Float>], _ radius: Float = 0.02) -> Shape {
    .polygon(corners, radius)
  }

  static func triangle(
    _ a: SIMD2<Float>, _ b: SIMD2<Float>, _ c: SIMD2<Float>, _ radius: Float = 0.02
  ) -> Shape {
    .polygon([a, b, c], radius)
  }

  /// A star whose first point is up.
  static func star(
    _ x: Float, _ y: Float, points: Int, outer: Float, inner: Float, radius: Float = 0.03
  ) -> Shape {
    let corners = (0..<points * 2).map { index in
      polar(x, y, index % 2 == 0 ? outer : inner, 0.25 + Float(index) / Float(points * 2))
    }
    return .polygon(corners, radius)
  }

  static func regular(_ x: Float, _ y: Float, sides: Int, _ radius: Float) -> Shape {
    .polygon((0..<sides).map { polar(x, y, radius, 0.25 + Float($0) / Float(sides)) }, 0.02)
  }

  /// A bent rod along a circle, from one angle to another, in turns counterclockwise from the right.
  static func arc(
    _ x: Float, _ y: Float, _ radius: Float, from: Float, to: Float, _ width: Float
  ) -> Shape {
    let count = 10
    let points = (0...count).map {
      polar(x, y, radius, from + (to - from) * Float($0) / Float(count))
    }
    return .union(zip(points, points.dropFirst()).map { .limb($0, $1, width, width) })
  }

  /// A smooth rod from one point over a second to a third, thicker or thinner at its end.
  static func curve(
    _ a: SIMD2<Float>, _ b: SIMD2<Float>, _ c: SIMD2<Float>, _ start: Float, _ end: Float
  ) -> Shape {
    let count = 8
    func at(_ index: Int) -> (SIMD2<Float>, Float) {
      let t = Float(index) / Float(count)
      let (ab, bc) = (a + (b - a) * t, b + (c - b) * t)
      return (ab + (bc - ab) * t, start + (end - start) * t)
    }
    return .union((0..<count).map { .limb(at($0).0, at($0 + 1).0, at($0).1, at($0 + 1).1) })
  }

  /// The same form `count` times around a centre.
  static func wreath(_ shape: Shape, count: Int, around x: Float, _ y: Float) -> [Shape] {
    (0..<count).map { .turned(shape, Float($0) / Float(count), SIMD2(x, y)) }
  }

  /// The form and its mirror image about x = 0.
  static func both(_ make: (_ side: Float) -> Shape) -> Shape { .union([make(-1), make(1)]) }

  static func polar(_ x: Float, _ y: Float, _ radius: Float, _ turns: Float) -> SIMD2<Float> {
    SIMD2(x + radius * ExactMath.cosine(turns: turns), y + radius * ExactMath.sine(turns: turns))
  }
}

/// A point, short enough for lists of corners.
func at(_ x: Float, _ y: Float) -> SIMD2<Float> { SIMD2(x, y) }
