/// Reads mask pictures.
package enum MaskReader {
  /// Decodes and understands a mask for a picture of the given displayed size.
  ///
  /// Order: semantics, invert, threshold, grow. Luma is Rec. 601 of the stored numbers, profiles
  /// are not applied, a mask's own orientation is. Throws for another size, for an empty mask and
  /// for damaged files. Memory: 2 bytes a pixel.
  package static func read(
    _ bytes: [UInt8], options: MaskOptions = MaskOptions(), width: Int, height: Int,
    limits: ImageLimits = ImageLimits()
  ) throws(ImagingError) -> MaskReading {
    try options.check()
    let planes = try bytes.withUnsafeBufferPointer { (buffer) throws(ImagingError) in
      let reader = try CodecReader.open(buffer, limits: limits)
      let info = ImageInfo(reader)
      guard info.width == width, info.height == height else {
        throw .maskSizeMismatch(
          width: info.width, height: info.height, imageWidth: width, imageHeight: height)
      }
      return try MaskPlanes(reader, semantics: options.semantics)
    }
    return try understand(planes, options, width: width, height: height)
  }

  private static func understand(
    _ planes: consuming MaskPlanes, _ options: MaskOptions, width: Int, height: Int
  ) throws(ImagingError) -> MaskReading {
    let rule = try rule(planes, options)
    var coverage = rule == .alpha ? planes.takeAlpha() : planes.luma
    planes.drop()
    // 255 for bytes that are edited, whatever they mean.
    let table = (0...255).map { (byte: Int) -> UInt8 in
      let edited = (rule == .alpha) != options.inverts ? 255 - byte : byte
      return Float(edited) / 255 >= options.threshold ? 255 : 0
    }
    coverage.withUnsafeMutableBufferPointer { bytes in
      table.withUnsafeBufferPointer { table in
        for index in bytes.indices { bytes[index] = table[Int(bytes[index])] }
      }
    }
    var mask = Mask(unchecked: coverage, width: width, height: height)
    coverage = []
    mask.grow(by: options.grow, shape: options.growShape)
    guard let box = mask.boundingBox else { throw .emptyMask(rule) }
    return MaskReading(mask: mask, rule: rule, share: mask.share, box: box)
  }

  private static func rule(
    _ planes: borrowing MaskPlanes, _ options: MaskOptions
  ) throws(ImagingError) -> MaskRule {
    switch options.semantics {
    case .luma: return .luma
    case .auto: return planes.isTransparent ? .alpha : .luma
    case .alpha:
      guard planes.alpha != nil else { throw .maskWithoutAlpha }
      return .alpha
    }
  }
}

/// Brightness and opacity of a mask picture, a byte each, as displayed.
private struct MaskPlanes {
  private(set) var luma: [UInt8]
  private(set) var alpha: [UInt8]?
  /// Whether any pixel is not opaque.
  private(set) var isTransparent = false

  init(
    _ reader: borrowing CodecReader, semantics: MaskOptions.Semantics
  ) throws(ImagingError) {
    let converter = StripConverter(reader.header, managesColour: false)
    let placement = Placement(reader)
    let width = Int(reader.header.width)
    let hasAlpha = converter.channels == 4 && semantics != .luma
    let count = placement.width * placement.height
    if converter.isPlainGrey, placement.isIdentity {
      luma = try [UInt8].filled(count) { (target) throws(ImagingError) in
        try reader.readRows(target, rowBytes: width, count: placement.height)
      }
      return
    }
    var luma = [UInt8](repeating: 0, count: count)
    var alpha = [UInt8](repeating: 0, count: hasAlpha ? count : 0)
    var line = [UInt8](repeating: 0, count: width * 16)
    try ImageDecoder.forEachStrip(reader, converter) { strip, y, rows in
      func place(_ plane: inout [UInt8]) {
        line.withUnsafeBytes { line in
          plane.withUnsafeMutableBytes {
            placement.scatter(line, y: y, rows: rows, pixelBytes: 1, into: $0)
          }
        }
      }
      converter.luma(strip, &line, pixels: width * rows)
      place(&luma)
      guard hasAlpha else { return }
      converter.alpha(strip, &line, pixels: width * rows)
      place(&alpha)
    }
    isTransparent = hasAlpha && alpha.contains { $0 != 255 }
    self.luma = luma
    self.alpha = hasAlpha ? alpha : nil
  }

  mutating func takeAlpha() -> [UInt8] {
    defer { alpha = nil }
    return alpha ?? []
  }

  /// Gives the planes' memory back.
  mutating func drop() {
    luma = []
    alpha = nil
  }
}

extension StripConverter {
  /// Luma after Rec 601 in the fixed point of common imaging libraries; grey stays itself.
  fileprivate func luma(
    _ strip: UnsafeRawBufferPointer, _ line: inout [UInt8], pixels: Int
  ) {
    perSample(strip, &line, pixels: pixels) { sample in
      (19_595 * sample(0) + 38_470 * sample(1) + 7471 * sample(2) + 32_768) >> 16
    }
  }

  fileprivate func alpha(
    _ strip: UnsafeRawBufferPointer, _ line: inout [UInt8], pixels: Int
  ) {
    perSample(strip, &line, pixels: pixels) { sample in sample(3) }
  }

  /// `value` computes a byte from a pixel's samples, each scaled to 0...255.
  @inline(__always)
  private func perSample(
    _ strip: UnsafeRawBufferPointer, _ line: inout [UInt8], pixels: Int,
    _ value: ((Int) -> Int) -> Int
  ) {
    line.withUnsafeMutableBufferPointer { line in
      if sampleBytes == 1 {
        let samples = strip.bindMemory(to: UInt8.self)
        for x in 0..<pixels {
          line[x] = UInt8(truncatingIfNeeded: value { Int(samples[x * channels + $0]) })
        }
      } else {
        let samples = strip.bindMemory(to: UInt16.self)
        for x in 0..<pixels {
          line[x] = UInt8(
            truncatingIfNeeded: value { (Int(samples[x * channels + $0]) + 128) / 257 })
        }
      }
    }
  }
}
