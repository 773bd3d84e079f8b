/// A shape in one material; an object is a stack of them, the last on top.
struct ObjectPart: Sendable {
  var shape: Shape
  var paint: Paint
  /// How far the rounding reaches in from the edge; a ball's radius makes it a ball.
  var bevel: Float
  /// Strength of the highlight, 0...1.
  var gloss: Float
  /// The share of its own light, 0...1: lamps, the sun, windows at night.
  var glow: Float
  /// Whether the part darkens what lies under its edge.
  var casts: Bool
  /// The body on which the part is painted and whose curvature it shares.
  var surface: Shape?
  var form: PartForm

  init(
    _ shape: Shape, _ paint: Paint, bevel: Float = 0.12, gloss: Float = 0.1, glow: Float = 0,
    casts: Bool = true, form: PartForm = .cushion, on surface: Shape? = nil
  ) {
    self.shape = shape
    self.paint = paint
    self.bevel = bevel
    self.gloss = gloss
    self.glow = glow
    self.casts = casts
    self.surface = surface
    self.form = form
  }
}

/// The colour of a part in white light, and its pattern.
struct Paint: Sendable {
  enum Pattern: Sendable {
    case plain
    /// Direction in turns, stripes a unit, colour of every other one.
    case stripes(Float, Float, RGB)
    /// Dots a unit, their radius in parts of their distance.
    case dots(Float, Float, RGB)
    /// Rows of bricks a unit, colour of the joints.
    case bricks(Float, RGB)
    /// From the paint's colour at the first height to another at the second.
    case gradient(Float, Float, RGB)
    /// Grain along the given direction in turns.
    case grain(Float, Float)
  }

  var colour: RGB
  var pattern: Pattern

  init(_ colour: RGB, _ pattern: Pattern = .plain) {
    self.colour = colour
    self.pattern = pattern
  }

  /// The colour at a point.
  @inline(__always)
  func colour(_ x: Float, _ y: Float) -> RGB {
    if case .plain = pattern { return colour }
    return patterned(x, y)
  }

  private func patterned(_ x: Float, _ y: Float) -> RGB {
    switch pattern {
    case .plain: return colour
    case .stripes(let turns, let count, let other):
      let along = x * ExactMath.cosine(turns: turns) + y * ExactMath.sine(turns: turns)
      let part = Self.fraction(along * count)
      return mix(colour, other, Self.edge(part, 0.5, count))
    case .dots(let count, let radius, let other):
      let row = (y * count).rounded(.down)
      let shift: Float = Self.fraction(row * 0.5)
      let (u, v) = (Self.fraction(x * count + shift) - 0.5, Self.fraction(y * count) - 0.5)
      let distance = (u * u + v * v).squareRoot()
      return mix(other, colour, ExactMath.smoothstep(radius - 0.06, radius + 0.06, distance))
    case .bricks(let count, let joint):
      let row = (y * count).rounded(.down)
      let (u, v) = (
        Self.fraction(x * count * 0.5 + Self.fraction(row * 0.5)), Self.fraction(y * count)
      )
      let isJoint = u < 0.07 || v < 0.14
      return isJoint ? joint : colour * (0.92 + 0.16 * Self.fraction(row * 0.37 + 0.21))
    case .gradient(let low, let high, let other):
      return mix(colour, other, ExactMath.unit((y - low) / (high - low)))
    case .grain(let turns, let count):
      let across = x * ExactMath.sine(turns: turns) - y * ExactMath.cosine(turns: turns)
      let wave = ExactMath.sine(turns: across * count + 0.3 * ExactMath.sine(turns: x + y * 1.7))
      return colour * (1 + 0.13 * wave)
    }
  }

  /// 0 in the first part of a period and 1 in the second, with soft borders.
  private static func edge(_ part: Float, _ border: Float, _ count: Float) -> Float {
    let soft = min(0.1, 0.02 * count)
    return ExactMath.smoothstep(border - soft, border + soft, part)
      * (1 - ExactMath.smoothstep(1 - soft, 1, part))
  }

  private static func fraction(_ x: Float) -> Float { x - x.rounded(.down) }
}
