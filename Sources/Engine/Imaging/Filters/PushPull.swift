extension FloatImage {
  /// Continues the known pixels smoothly into the unknown ones.
  ///
  /// Down to 1x1: average colour x weight and weight over 2x2 (odd sizes padded by weight 0),
  /// both scaled so that weight = min(1, 2 x average weight). Back up: filled = colour x weight +
  /// (1 - weight) x bilinear upsampling (half-pixel centres) of the coarser filled level; at 1x1
  /// the colour itself. Pixels of weight 1 keep their value. Time and memory O(pixels).
  /// - Parameters:
  ///   - weights: `[height, width, 1]`, 0...1, 1 = known.
  ///   - fallback: the value where nothing at all is known.
  package func pushPull(
    weights: FloatImage, fallback: Float = 0.5
  ) throws(ImagingError) -> FloatImage {
    guard weights.channels == 1 else {
      throw .channelCount(expected: 1, found: weights.channels)
    }
    guard weights.width == width, weights.height == height else {
      throw .sizeMismatch(
        width: weights.width, height: weights.height, expectedWidth: width,
        expectedHeight: height)
    }
    var levels = [PushPullLevel(self, weights: weights.pixels)]
    while let last = levels.last, last.width > 1 || last.height > 1 {
      levels.append(last.pushed())
    }
    guard var filled = levels.popLast()?.top(fallback: fallback) else { return self }
    while let level = levels.popLast() { filled = level.pulled(filled) }
    return FloatImage(unchecked: filled, width: width, height: height, channels: channels)
  }
}

/// One level of the pyramid: colours already multiplied by their weight.
private struct PushPullLevel {
  let width: Int
  let height: Int
  let channels: Int
  /// Colour times weight, `[height, width, channels]`.
  var colour: [Float]
  /// How well a pixel is known, `[height, width]`.
  var weight: [Float]

  init(_ image: FloatImage, weights: [Float]) {
    (width, height, channels) = (image.width, image.height, image.channels)
    weight = weights
    let channels = channels
    colour = [Float].filled(image.pixels.count) { target in
      for index in weights.indices {
        let known = weights[index]
        for k in index * channels..<(index + 1) * channels {
          // Unknown pixels may hold anything, even NaN.
          target[k] = known == 0 ? 0 : image.pixels[k] * known
        }
      }
    }
  }

  private init(width: Int, height: Int, channels: Int) {
    (self.width, self.height, self.channels) = (width, height, channels)
    colour = [Float](repeating: 0, count: width * height * channels)
    weight = [Float](repeating: 0, count: width * height)
  }

  func pushed() -> PushPullLevel {
    var coarse = PushPullLevel(
      width: (width + 1) / 2, height: (height + 1) / 2, channels: channels)
    coarse.gather(self)
    return coarse
  }

  private mutating func gather(_ fine: PushPullLevel) {
    for y in 0..<height {
      for x in 0..<width {
        let target = y * width + x
        for fineY in 2 * y..<min(2 * y + 2, fine.height) {
          for fineX in 2 * x..<min(2 * x + 2, fine.width) {
            let source = fineY * fine.width + fineX
            weight[target] += 0.25 * fine.weight[source]
            for k in 0..<channels {
              colour[target * channels + k] += 0.25 * fine.colour[source * channels + k]
            }
          }
        }
        let average = weight[target]
        guard average > 0 else { continue }
        weight[target] = min(1, 2 * average)
        for k in 0..<channels { colour[target * channels + k] *= weight[target] / average }
      }
    }
  }

  func top(fallback: Float) -> [Float] {
    colour.map { weight[0] > 0 ? $0 / weight[0] : fallback }
  }

  /// - Parameter coarse: the filled coarser level.
  func pulled(_ coarse: [Float]) -> [Float] {
    let coarseWidth = (width + 1) / 2
    let coarseHeight = (height + 1) / 2
    let columns = (0..<width).map { Self.neighbours($0, coarseWidth) }
    return [Float].filled(colour.count) { target in
      coarse.withUnsafePointer { coarse in
        for y in 0..<height {
          let rows = Self.neighbours(y, coarseHeight)
          let near = coarse + rows.near * coarseWidth * channels
          let far = coarse + rows.far * coarseWidth * channels
          for x in 0..<width {
            let index = y * width + x
            let missing = 1 - weight[index]
            for k in 0..<channels {
              let (a, b) = (columns[x].near * channels + k, columns[x].far * channels + k)
              let upsampled =
                0.75 * (0.75 * near[a] + 0.25 * near[b]) + 0.25 * (0.75 * far[a] + 0.25 * far[b])
              target[index * channels + k] = colour[index * channels + k] + missing * upsampled
            }
          }
        }
      }
    }
  }

  /// The coarse pixel above a fine one (share 3/4) and the next one on its side (share 1/4).
  private static func neighbours(_ fine: Int, _ count: Int) -> (near: Int, far: Int) {
    let near = fine / 2
    return (near, min(max(fine % 2 == 0 ? near - 1 : near + 1, 0), count - 1))
  }
}
