/// Elementary functions made of additions, multiplications, divisions and square roots alone.
///
/// IEEE 754 fixes every bit of those, so pictures made with them are the same on every machine,
/// which a system's own `sin` or `exp` does not promise.
enum ExactMath {
  /// The sine of an angle in turns, to about 1e-5.
  static func sine(turns: Float) -> Float {
    var part = turns - turns.rounded()
    if part > 0.25 { part = 0.5 - part } else if part < -0.25 { part = -0.5 - part }
    let x = part * 6.283_185_5
    let square = x * x
    let tail = -1 / 5040 + square * (1 / 362_880)
    return x * (1 + square * (-1 / 6 + square * (1 / 120 + square * tail)))
  }

  static func cosine(turns: Float) -> Float {
    sine(turns: turns + 0.25)
  }

  /// e to the power of -x for x of 0 or more, to about 0.1%, as (1 - x/1024) squared ten times.
  static func decay(_ x: Float) -> Float {
    var value = max(0, 1 - x * (1 / 1024))
    for _ in 0..<10 { value *= value }
    return value
  }

  /// 0 below `low`, 1 above `high`, a cubic without corners between.
  @inline(__always)
  static func smoothstep(_ low: Float, _ high: Float, _ x: Float) -> Float {
    let part = min(1, max(0, (x - low) / (high - low)))
    return part * part * (3 - 2 * part)
  }

  @inline(__always)
  static func unit(_ x: Float) -> Float { min(1, max(0, x)) }
}

/// A colour or another triple; sRGB in 0...1 for pictures.
typealias RGB = SIMD3<Float>

/// The sum of products, in a fixed order.
@inline(__always)
func dot(_ a: RGB, _ b: RGB) -> Float { a.x * b.x + a.y * b.y + a.z * b.z }

@inline(__always)
func dot(_ a: SIMD2<Float>, _ b: SIMD2<Float>) -> Float { a.x * b.x + a.y * b.y }

@inline(__always)
func mix(_ first: RGB, _ second: RGB, _ share: Float) -> RGB { first + (second - first) * share }

@inline(__always)
func mix(_ first: Float, _ second: Float, _ share: Float) -> Float {
  first + (second - first) * share
}
