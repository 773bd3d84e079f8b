extension Picture {
  /// Puts a fill into the hole.
  ///
  /// Where the weight is 0 nothing is touched, not even rounded anew; 255 replaces; between them
  /// the samples are mixed as stored. Alpha becomes opaque wherever the weight is above 0.
  /// - Parameters:
  ///   - fill: sRGB in 0...1, three channels; scaled to `rect` row by row where its size differs.
  ///   - weights: of the whole picture.
  package mutating func blend(
    _ fill: FloatImage, weights: Mask, into rect: PixelRect, filter: ResampleFilter = .bicubic,
    parallel: ParallelFor = serially
  ) throws(ImagingError) {
    guard rect.isInside(width: width, height: height) else {
      throw .outsidePicture(rect, width: width, height: height)
    }
    guard fill.channels == 3 else { throw .channelCount(expected: 3, found: fill.channels) }
    try weights.check(width: width, height: height)
    let rows = try FillRows(fill, rect, profile: profile, filter, parallel)
    let mixer = Mixer(width: width, channels: channels, rect: rect)
    let isDeep = depth == 16
    pixels.withUnsafeMutableBytes { bytes in
      weights.coverage.withUnsafeBufferPointer { weights in
        inBands(rect.height, of: 16, parallel) { band in
          var line = [Float](repeating: 0, count: rect.width * 3)
          for y in band where mixer.touches(weights, y) {
            rows.read(y, &line)
            if isDeep {
              mixer.mix(line, weights, y, into: bytes.bindMemory(to: UInt16.self))
            } else {
              mixer.mix(line, weights, y, into: bytes.bindMemory(to: UInt8.self))
            }
          }
        }
      }
    }
  }
}

/// Rows of the fill, in 0...1 of the picture's own colour space.
private struct FillRows {
  private let fill: FloatImage
  private let resampler: Resampler
  private let transform: ColourTransform?

  /// Scales along the rows at once, down the columns row by row; converts the smaller side.
  init(
    _ fill: FloatImage, _ rect: PixelRect, profile: ICCProfile?, _ filter: ResampleFilter,
    _ parallel: ParallelFor
  ) throws(ImagingError) {
    resampler = Resampler(
      from: (fill.width, fill.height), to: (rect.width, rect.height), channels: 3, filter)
    let float = ColourTransform.Format(space: .rgb, hasAlpha: false, bits: 32)
    let transform =
      profile == nil ? nil : try ColourTransform(from: nil, float, to: profile, float)
    var fill = fill
    if let transform, fill.width * fill.height < rect.width * rect.height {
      fill = fill.converted(transform, parallel)
      self.transform = nil
    } else {
      self.transform = transform
    }
    self.fill =
      try fill.resized(
        width: rect.width, height: fill.height, filter: filter, parallel: parallel)
  }

  /// Row `y` of the target, `[width, 3]`.
  func read(_ y: Int, _ line: inout [Float]) {
    line.withUnsafeMutableBufferPointer { line in
      guard let start = line.baseAddress else { return }
      fill.pixels.withUnsafePointer { resampler.resampleColumn(y, $0, start) }
      if let transform { transform.runInPlace(line) } else { line.clampToUnit() }
    }
  }
}

/// The mixing of one row.
private struct Mixer {
  let width: Int
  let channels: Int
  let rect: PixelRect

  private func first(_ y: Int) -> Int { (rect.y + y) * width + rect.x }

  func touches(_ weights: UnsafeBufferPointer<UInt8>, _ y: Int) -> Bool {
    weights[first(y)..<first(y) + rect.width].contains { $0 != 0 }
  }

  func mix<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ line: [Float], _ weights: UnsafeBufferPointer<UInt8>, _ y: Int,
    into samples: UnsafeMutableBufferPointer<Sample>
  ) {
    let highest = Float(Sample.max)
    for x in 0..<rect.width {
      let weight = weights[first(y) + x]
      guard weight != 0 else { continue }
      let pixel = (first(y) + x) * channels
      for channel in 0..<3 {
        let new = line[x * 3 + channel] * highest
        let old = Float(samples[pixel + channel])
        let mixed = weight == 255 ? new : old + (new - old) * (Float(weight) / 255)
        samples[pixel + channel] = Sample((mixed + 0.5).rounded(.down))
      }
      if channels == 4 { samples[pixel + 3] = Sample.max }
    }
  }
}
