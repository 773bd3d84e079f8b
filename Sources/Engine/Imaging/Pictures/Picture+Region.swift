extension Picture {
  /// A part of the picture as sRGB in 0...1, `[height, width, 3]`.
  ///
  /// - Parameters:
  ///   - size: the size to scale it to, row by row, so that no full-size copy is made; nil keeps it.
  ///   - background: a grey in 0...1 under transparent pixels; nil takes their colour as stored.
  package func region(
    _ rect: PixelRect, size: (width: Int, height: Int)? = nil, filter: ResampleFilter = .lanczos3,
    background: Float? = nil, parallel: ParallelFor = serially
  ) throws(ImagingError) -> FloatImage {
    guard rect.isInside(width: width, height: height) else {
      throw .outsidePicture(rect, width: width, height: height)
    }
    let target = size ?? (rect.width, rect.height)
    try ImageLimits(maxPixels: Int.max / 64, maxSide: Int.max)
      .check(width: target.width, height: target.height)
    let rows = try RegionRows(self, rect, background: background)
    let resampler = Resampler(
      from: (rect.width, rect.height), to: target, channels: 3, filter)
    let middle = [Float].filled(rect.height * target.width * 3) { output in
      inBands(rect.height, of: 16, parallel) { band in
        var line = [Float](repeating: 0, count: rect.width * 3)
        for y in band {
          rows.read(y, &line)
          line.withUnsafePointer { resampler.resampleRow($0, output + y * target.width * 3) }
        }
      }
    }
    guard resampler.rows != nil else {
      return FloatImage(
        unchecked: middle, width: target.width, height: target.height, channels: 3)
    }
    return resampler.finish(middle, width: target.width, height: target.height, parallel)
  }
}

/// Rows of a region as sRGB floats.
private struct RegionRows {
  private let picture: Picture
  private let rect: PixelRect
  private let transform: ColourTransform?
  private let background: Float?

  init(_ picture: Picture, _ rect: PixelRect, background: Float?) throws(ImagingError) {
    self.picture = picture
    self.rect = rect
    self.background = picture.hasAlpha ? background : nil
    transform =
      picture.profile == nil
      ? nil
      : try ColourTransform(
        from: picture.profile,
        .init(space: .rgb, hasAlpha: picture.hasAlpha, bits: picture.depth),
        to: nil, .init(space: .rgb, hasAlpha: false, bits: 32))
  }

  /// Row `y` of the region, `[width, 3]`.
  func read(_ y: Int, _ line: inout [Float]) {
    let start = ((rect.y + y) * picture.width + rect.x) * picture.pixelBytes
    let end = start + rect.width * picture.pixelBytes
    picture.pixels.withUnsafeBytes { all in
      let row = UnsafeRawBufferPointer(rebasing: all[start..<end])
      line.withUnsafeMutableBufferPointer { line in
        if let transform {
          transform.run(row, UnsafeMutableRawBufferPointer(line), pixels: rect.width)
          // Colours outside sRGB are cut off, and a broken table may even yield NaN.
          for index in line.indices { line[index] = line[index].clampedToUnit }
        } else if picture.depth == 8 {
          scale(row.bindMemory(to: UInt8.self), line)
        } else {
          scale(row.bindMemory(to: UInt16.self), line)
        }
        if picture.depth == 8 {
          underlay(row.bindMemory(to: UInt8.self), line)
        } else {
          underlay(row.bindMemory(to: UInt16.self), line)
        }
      }
    }
  }

  private func scale<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ row: UnsafeBufferPointer<Sample>, _ line: UnsafeMutableBufferPointer<Float>
  ) {
    let highest = Float(Sample.max)
    if picture.channels == 3 {
      for index in line.indices { line[index] = Float(row[index]) / highest }
    } else {
      for x in 0..<rect.width {
        for channel in 0..<3 { line[x * 3 + channel] = Float(row[x * 4 + channel]) / highest }
      }
    }
  }

  private func underlay<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ row: UnsafeBufferPointer<Sample>, _ line: UnsafeMutableBufferPointer<Float>
  ) {
    guard let background else { return }
    for x in 0..<rect.width {
      let alpha = Float(row[x * 4 + 3]) / Float(Sample.max)
      for index in x * 3..<x * 3 + 3 {
        line[index] = line[index] * alpha + background * (1 - alpha)
      }
    }
  }
}

extension Float {
  /// Cut to 0...1; NaN becomes 0.
  var clampedToUnit: Float { self > 0 ? Swift.min(self, 1) : 0 }
}
