extension Mask {
  /// Grows the hole of a binary mask by `radius` pixels, exactly, in time O(pixels near the hole).
  package mutating func grow(by radius: Int, shape: MaskOptions.Shape = .round) {
    guard radius > 0, let box = boundingBox else { return }
    let rect = box.expanded(by: radius, width: width, height: height)
    switch shape {
    case .round: growRound(radius, rect)
    case .square: growSquare(radius, rect)
    }
  }

  private mutating func growRound(_ radius: Int, _ rect: PixelRect) {
    let distances = DistanceRows(self, rect) { $0 != 0 }
    let limit = radius * radius
    coverage.withUnsafeMutableBufferPointer { coverage in
      distances.forEachRow { y, squared in
        let row = (rect.y + y) * width + rect.x
        for x in squared.indices where squared[x] <= limit { coverage[row + x] = 255 }
      }
    }
  }

  /// A pixel is in the hole when a run of `radius` before or behind it meets the hole.
  private mutating func growSquare(_ radius: Int, _ rect: PixelRect) {
    coverage.withUnsafeMutableBufferPointer { coverage in
      for y in rect.y..<rect.maxY {
        Self.spread(
          coverage, first: y * width + rect.x, step: 1, count: rect.width, radius)
      }
      for x in rect.x..<rect.maxX {
        Self.spread(
          coverage, first: rect.y * width + x, step: width, count: rect.height, radius)
      }
    }
  }

  private static func spread(
    _ coverage: UnsafeMutableBufferPointer<UInt8>, first: Int, step: Int, count: Int, _ radius: Int
  ) {
    // Positions up to which the hole found so far reaches; a second pass goes backwards.
    var reach = -1
    var ahead = -1
    for index in 0..<count {
      if ahead < index { ahead = index }
      while ahead < count && ahead <= index + radius && coverage[first + ahead * step] != 255 {
        ahead += 1
      }
      let meetsAhead = ahead < count && ahead <= index + radius
      let isHole = coverage[first + index * step] == 255
      if isHole { reach = index + radius }
      if !isHole && (meetsAhead || index <= reach) { coverage[first + index * step] = 1 }
    }
    for index in 0..<count where coverage[first + index * step] == 1 {
      coverage[first + index * step] = 255
    }
  }

  /// Blending weights: 0 outside, rising inside from the border to 255 at `distance` pixels.
  ///
  /// The border lies halfway between two pixel centres; the picture's own edge is no border.
  /// Pixels of the hole keep a weight of at least 1. Time O(pixels of the hole's box).
  package func feathered(by distance: Int) -> Mask {
    guard distance > 0, let box = boundingBox else { return self }
    let rect = box.expanded(by: 1, width: width, height: height)
    let distances = DistanceRows(self, rect) { $0 == 0 }
    var result = self
    let full = Float(distance) + 0.5
    result.coverage.withUnsafeMutableBufferPointer { coverage in
      distances.forEachRow { y, squared in
        let row = (rect.y + y) * width + rect.x
        for x in squared.indices where coverage[row + x] != 0 {
          let fromBorder = min(Float(squared[x]).squareRoot(), full) - 0.5
          coverage[row + x] = UInt8(max(1, (fromBorder / Float(distance) * 255).rounded()))
        }
      }
    }
    return result
  }
}
