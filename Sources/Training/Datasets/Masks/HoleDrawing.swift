package import Imaging

/// Draws holes: 255 inside, 0 outside, nothing between.
package struct HoleDrawing: Sendable {
  let width: Int
  let height: Int

  package init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  private var shorter: Float { Float(min(width, height)) }

  /// Everything.
  package func whole() -> HoleBytes { HoleBytes(width, height, 255) }

  /// Outpainting: one to four sides, each 15 to 50% of the picture, opposite ones 70% together.
  package func sides(_ random: inout SplitMix) -> HoleBytes {
    var order = [0, 1, 2, 3]
    for index in 0..<3 { order.swapAt(index, index + random.index(4 - index)) }
    let count = 1 + random.choice(weights: [0.4, 0.3, 0.15, 0.15])
    var shares = [Float](repeating: 0, count: 4)
    for side in order.prefix(count) {
      let opposite = shares[(side + 2) % 4]
      shares[side] = random.float(0.15...min(0.5, max(0.15, 0.7 - opposite)))
    }
    let left = Int((shares[0] * Float(width)).rounded(.up))
    let top = Int((shares[1] * Float(height)).rounded(.up))
    let right = width - Int((shares[2] * Float(width)).rounded(.up))
    let bottom = height - Int((shares[3] * Float(height)).rounded(.up))
    var hole = whole()
    hole.fill(PixelRect(x: left, y: top, width: right - left, height: bottom - top), 0)
    return hole
  }

  /// One to four rectangles.
  package func squares(_ random: inout SplitMix) -> HoleBytes {
    var hole = HoleBytes(width, height, 0)
    let count = random.integer(1...4)
    for _ in 0..<count {
      let most: Float = count == 1 ? 0.6 : 0.35
      let size = (
        Int(shorter * random.float(0.14...most)), Int(shorter * random.float(0.14...most))
      )
      hole.fill(
        PixelRect(
          x: random.integer(-size.0 / 4...width - size.0 * 3 / 4),
          y: random.integer(-size.1 / 4...height - size.1 * 3 / 4), width: size.0, height: size.1),
        255)
    }
    return hole
  }

  /// Brush strokes that bend at random.
  package func strokes(_ random: inout SplitMix) -> HoleBytes {
    var hole = HoleBytes(width, height, 0)
    for _ in 0..<random.integer(1...4) {
      var point = SIMD2(random.float(0...1) * Float(width), random.float(0...1) * Float(height))
      var turns = random.float(0...1)
      let radius = shorter * random.float(0.025...0.09)
      for _ in 0..<random.integer(3...9) {
        turns += random.float(-0.2...0.2)
        let length = shorter * random.float(0.06...0.2)
        let next =
          point + SIMD2(ExactMath.cosine(turns: turns), ExactMath.sine(turns: turns)) * length
        hole.stroke(from: point, to: next, radius: radius)
        point = next
      }
    }
    return hole
  }
}

/// A hole that is being drawn.
package struct HoleBytes: Sendable, Hashable {
  package let width: Int
  package let height: Int
  package private(set) var bytes: [UInt8]

  init(_ width: Int, _ height: Int, _ value: UInt8) {
    self.width = width
    self.height = height
    bytes = [UInt8](repeating: value, count: width * height)
  }

  /// Everything that a field covers by more than a threshold.
  init(_ width: Int, _ height: Int, field: [Float], above threshold: Float) {
    self.width = width
    self.height = height
    bytes = field.map { $0 > threshold ? 255 : 0 }
  }

  package var isEmpty: Bool { !bytes.contains(255) }

  /// The hole as a mask; throws for an empty picture alone.
  package func mask() throws(ImagingError) -> Mask {
    try Mask(width: width, height: height, coverage: bytes)
  }

  mutating func fill(_ rect: PixelRect, _ value: UInt8) {
    let columns = max(0, rect.x)..<max(0, rect.x, min(width, rect.maxX))
    for y in max(0, rect.y)..<max(0, rect.y, min(height, rect.maxY)) {
      for x in columns { bytes[y * width + x] = value }
    }
  }

  /// A line of the given radius with round ends.
  mutating func stroke(from a: SIMD2<Float>, to b: SIMD2<Float>, radius: Float) {
    let low = pointwiseMin(a, b) - radius
    let high = pointwiseMax(a, b) + radius
    let edge = b - a
    let scale = 1 / max(dot(edge, edge), 1e-6)
    let columns = max(0, Int(low.x))..<max(0, Int(low.x), min(width, Int(high.x) + 1))
    for y in max(0, Int(low.y))..<max(0, Int(low.y), min(height, Int(high.y) + 1)) {
      for x in columns {
        let point = SIMD2(Float(x) + 0.5, Float(y) + 0.5) - a
        let away = point - edge * ExactMath.unit(dot(point, edge) * scale)
        if dot(away, away) <= radius * radius { bytes[y * width + x] = 255 }
      }
    }
  }

  mutating func unite(_ other: HoleBytes) {
    for index in bytes.indices { bytes[index] |= other.bytes[index] }
  }
}
