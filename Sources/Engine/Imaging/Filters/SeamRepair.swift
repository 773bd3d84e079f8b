/// How much a border of the hole shows; in sRGB steps of 0...1, mean over channels.
package struct SeamStatistic: Sendable, Hashable, Codable {
  /// Mean absolute step between neighbours on either side of the border.
  package let jump: Double
  /// Mean absolute step between neighbours that both lie just inside or just outside.
  package let natural: Double
  /// The step of the means along the border: what a colour shift of the fill shows as.
  package let shift: Double
  /// Pairs of neighbours that were looked at.
  package let pairs: Int

  /// What the border adds to the picture's own gradient.
  package var excess: Double { max(0, jump - natural) }
}

extension FloatImage {
  /// Measures the border between hole and surroundings.
  ///
  /// A pair counts when one pixel further on both sides is still on its side of the border.
  package func seam(of hole: Mask) throws(ImagingError) -> SeamStatistic {
    try hole.check(width: width, height: height)
    var sums = SeamSums(channels: channels)
    for y in 0..<height {
      for x in 0..<width where hole[x, y] != 0 {
        for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1)] {
          sums.add(self, hole, x, y, dx, dy)
        }
      }
    }
    return sums.statistic
  }

  /// The fill with the surroundings' colour at its border.
  ///
  /// What the decoded picture lacks just outside the hole (original - decoded) is spread into
  /// the hole as a membrane (Laplace's equation: the residual is held at the border, the
  /// picture's own edge is free) and added. Outside the hole the result is the original; without
  /// surroundings the decoded picture stays as it is. Both `[height, width, channels]`.
  package static func seamRepaired(
    decoded: FloatImage, original: FloatImage, hole: Mask, sweeps: Int = 24
  ) throws(ImagingError) -> FloatImage {
    guard decoded.width == original.width, decoded.height == original.height,
      decoded.channels == original.channels
    else {
      throw .sizeMismatch(
        width: decoded.width, height: decoded.height, expectedWidth: original.width,
        expectedHeight: original.height)
    }
    try hole.check(width: decoded.width, height: decoded.height)
    var membrane = Membrane(decoded: decoded, original: original, hole: hole)
    guard membrane.hasSurroundings else { return decoded }
    try membrane.spread(sweeps: sweeps)
    var result = original
    for index in hole.coverage.indices where hole.coverage[index] != 0 {
      for k in index * decoded.channels..<(index + 1) * decoded.channels {
        result.pixels[k] = decoded.pixels[k] + membrane.correction.pixels[k]
      }
    }
    return result
  }
}

private struct SeamSums {
  let channels: Int
  private var jump = 0.0
  private var natural = 0.0
  private var shift: [Double]
  private var pairs = 0

  init(channels: Int) {
    self.channels = channels
    shift = [Double](repeating: 0, count: channels)
  }

  /// Adds the pair of (x, y) inside and its neighbour outside in direction (dx, dy).
  mutating func add(
    _ image: FloatImage, _ hole: Mask, _ x: Int, _ y: Int, _ dx: Int, _ dy: Int
  ) {
    func state(_ step: Int) -> Bool? {
      let (px, py) = (x + step * dx, y + step * dy)
      guard px >= 0, py >= 0, px < hole.width, py < hole.height else { return nil }
      return hole[px, py] != 0
    }
    guard state(1) == false, state(2) == false, state(-1) == true else { return }
    for k in 0..<channels {
      func value(_ step: Int) -> Double { Double(image[x + step * dx, y + step * dy, k]) }
      let step = value(0) - value(1)
      let inner = value(-1) - value(0)
      let outer = value(1) - value(2)
      jump += abs(step)
      natural += (abs(inner) + abs(outer)) / 2
      shift[k] += step - (inner + outer) / 2
    }
    pairs += 1
  }

  var statistic: SeamStatistic {
    let samples = Double(max(1, pairs * channels))
    return SeamStatistic(
      jump: jump / samples, natural: natural / samples,
      shift: shift.reduce(0) { $0 + abs($1) } / samples, pairs: pairs)
  }
}

/// The residual of the surroundings, spread into the hole.
private struct Membrane {
  /// `[height, width, channels]`: fixed outside the hole.
  var correction: FloatImage
  private let hole: Mask
  /// 1 on pixels outside that touch the hole.
  private let ring: FloatImage
  private let inside: [Int]

  var hasSurroundings: Bool { ring.pixels.contains(1) }

  init(decoded: FloatImage, original: FloatImage, hole: Mask) {
    self.hole = hole
    inside = hole.coverage.indices.filter { hole.coverage[$0] != 0 }
    var ring = FloatImage(repeating: 0, width: hole.width, height: hole.height, channels: 1)
    for index in inside {
      for neighbour in hole.neighbours(index) where hole.coverage[neighbour] == 0 {
        ring.pixels[neighbour] = 1
      }
    }
    correction = FloatImage(
      repeating: 0, width: hole.width, height: hole.height, channels: decoded.channels)
    for index in ring.pixels.indices where ring.pixels[index] != 0 {
      for k in index * decoded.channels..<(index + 1) * decoded.channels {
        correction.pixels[k] = original.pixels[k] - decoded.pixels[k]
      }
    }
    self.ring = ring
  }

  /// Push-pull carries the slow part across the hole, relaxation makes it meet the border.
  mutating func spread(sweeps: Int) throws(ImagingError) {
    let start = try correction.pushPull(weights: ring, fallback: 0)
    let channels = correction.channels
    for index in inside {
      for k in index * channels..<(index + 1) * channels {
        correction.pixels[k] = start.pixels[k]
      }
    }
    for sweep in 0..<sweeps { relax(backwards: sweep % 2 == 1) }
  }

  /// One sweep of Gauss-Seidel; the direction alternates so that no side is favoured.
  private mutating func relax(backwards: Bool) {
    let (width, height, channels) = (hole.width, hole.height, correction.channels)
    correction.pixels.withUnsafeMutableBufferPointer { values in
      for step in inside.indices {
        let index = inside[backwards ? inside.count - 1 - step : step]
        let (x, y) = (index % width, index / width)
        let neighbours = Float(
          (x > 0 ? 1 : 0) + (x < width - 1 ? 1 : 0) + (y > 0 ? 1 : 0) + (y < height - 1 ? 1 : 0))
        guard neighbours > 0 else { continue }
        for k in index * channels..<(index + 1) * channels {
          var sum: Float = 0
          if x > 0 { sum += values[k - channels] }
          if x < width - 1 { sum += values[k + channels] }
          if y > 0 { sum += values[k - width * channels] }
          if y < height - 1 { sum += values[k + width * channels] }
          values[k] = sum / neighbours
        }
      }
    }
  }
}

extension Mask {
  /// Pixels that share an edge with pixel number `index`.
  fileprivate func neighbours(_ index: Int) -> [Int] {
    let (x, y) = (index % width, index / width)
    var found: [Int] = []
    if x > 0 { found.append(index - 1) }
    if x < width - 1 { found.append(index + 1) }
    if y > 0 { found.append(index - width) }
    if y < height - 1 { found.append(index + width) }
    return found
  }
}
