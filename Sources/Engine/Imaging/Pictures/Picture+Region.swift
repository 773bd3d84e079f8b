extension Picture {
  /// A part of the picture as sRGB in 0...1, `[height, width, 3]`.
  ///
  /// A profile is applied before scaling; only 16-bit pictures are scaled down first, because
  /// their exact conversion costs about a microsecond a pixel.
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
    let convertsLast =
      profile != nil && depth == 16 && background == nil
      && target.width * target.height < rect.width * rect.height
    let rows = try RegionRows(
      self, rect, profile: convertsLast ? nil : profile, background: background)
    let scaled = rows.scaled(to: target, filter, parallel)
    return convertsLast ? try scaled.convertedToStandard(from: profile, parallel) : scaled
  }
}

extension FloatImage {
  /// Numbers of an RGB profile as sRGB, both cut to 0...1.
  fileprivate func convertedToStandard(
    from profile: ICCProfile?, _ parallel: ParallelFor
  ) throws(ImagingError) -> FloatImage {
    let float = ColourTransform.Format(space: .rgb, hasAlpha: false, bits: 32)
    return converted(try ColourTransform(from: profile, float, to: nil, float), parallel)
  }

  /// The picture in another colour space, three channels, cut to 0...1 before and after.
  func converted(_ transform: ColourTransform, _ parallel: ParallelFor) -> FloatImage {
    var result = self
    result.pixels.withUnsafeMutableBufferPointer { pixels in
      inBands(height, of: 16, parallel) { rows in
        let band = UnsafeMutableBufferPointer(
          rebasing: pixels[rows.lowerBound * width * 3..<rows.upperBound * width * 3])
        transform.runInPlace(band)
      }
    }
    return result
  }
}

extension ColourTransform {
  /// Converts floats where they stand, cut to 0...1 before and after.
  func runInPlace(_ line: UnsafeMutableBufferPointer<Float>) {
    line.clampToUnit()
    let bytes = UnsafeMutableRawBufferPointer(line)
    run(UnsafeRawBufferPointer(bytes), bytes, pixels: line.count / 3)
    // Colours outside the target are cut off, and a broken table may even yield NaN.
    line.clampToUnit()
  }
}

extension UnsafeMutableBufferPointer<Float> {
  func clampToUnit() {
    for index in indices { self[index] = self[index].clampedToUnit }
  }
}

/// Rows of a region as sRGB floats.
private struct RegionRows {
  private let picture: Picture
  private let rect: PixelRect
  private let transform: ColourTransform?
  private let background: Float?

  /// - Parameter profile: what is to be applied; nil takes the numbers as they are.
  init(
    _ picture: Picture, _ rect: PixelRect, profile: ICCProfile?, background: Float?
  ) throws(ImagingError) {
    self.picture = picture
    self.rect = rect
    self.background = picture.hasAlpha ? background : nil
    // From 8 bits the library has a path that is twenty times as fast and good to 0.0015.
    let bits = picture.depth == 8 ? 16 : 32
    transform =
      profile == nil
      ? nil
      : try ColourTransform(
        from: profile, .init(space: .rgb, hasAlpha: picture.hasAlpha, bits: picture.depth),
        to: nil, .init(space: .rgb, hasAlpha: false, bits: bits))
  }

  /// The region at its target size.
  func scaled(
    to target: (width: Int, height: Int), _ filter: ResampleFilter, _ parallel: ParallelFor
  ) -> FloatImage {
    let resampler = Resampler(from: (rect.width, rect.height), to: target, channels: 3, filter)
    let middle = [Float].filled(rect.height * target.width * 3) { output in
      inBands(rect.height, of: 16, parallel) { band in
        var line = [Float](repeating: 0, count: rect.width * 3)
        var deep = [UInt16](repeating: 0, count: transform == nil ? 0 : line.count)
        for y in band {
          read(y, &line, &deep)
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

  /// Row `y` of the region, `[width, 3]`; `deep` is work space.
  private func read(_ y: Int, _ line: inout [Float], _ deep: inout [UInt16]) {
    let start = ((rect.y + y) * picture.width + rect.x) * picture.pixelBytes
    let end = start + rect.width * picture.pixelBytes
    picture.pixels.withUnsafeBytes { all in
      let row = UnsafeRawBufferPointer(rebasing: all[start..<end])
      line.withUnsafeMutableBufferPointer { line in
        if let transform {
          convert(row, transform, line, &deep)
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

  private func convert(
    _ row: UnsafeRawBufferPointer, _ transform: ColourTransform,
    _ line: UnsafeMutableBufferPointer<Float>, _ deep: inout [UInt16]
  ) {
    guard picture.depth == 8 else {
      transform.run(row, UnsafeMutableRawBufferPointer(line), pixels: rect.width)
      return line.clampToUnit()
    }
    deep.withUnsafeMutableBufferPointer { deep in
      transform.run(row, UnsafeMutableRawBufferPointer(deep), pixels: rect.width)
      for index in line.indices { line[index] = Float(deep[index]) / 65_535 }
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
