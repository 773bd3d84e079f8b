/// How far pixels outside the hole are from the original's.
package struct PreservedDifference: Sendable, Hashable, Codable {
  /// The largest difference of a sample, in steps of the encoded picture (of 255 or 65,535).
  package let maxAbsDiff: Int
  /// The share of pixels outside the hole that differ at all, 0...1.
  package let differingShare: Double
  /// How many pixels outside the hole differ at all.
  package let differingCount: Int
  /// How many pixels lie outside the hole.
  package let pixelCount: Int

  /// Decodes the bytes that are to be sent and compares them with the original.
  ///
  /// An original with alpha or 16 bits is flattened over white or rounded first, where the
  /// encoded format cannot hold it (JPEG). Throws where sizes differ or the bytes do not decode.
  package init(
    original: Picture, encoded: [UInt8], mask: Mask
  ) throws(ImagingError) {
    try mask.check(width: original.width, height: original.height)
    let limits = ImageLimits(
      maxBytes: Int.max, maxPixels: Int.max / 64, maxSide: Int.max,
      maxICCBytes: max(1 << 20, original.profile?.bytes.count ?? 0))
    let tally = try encoded.withUnsafeBufferPointer { (bytes) throws(ImagingError) in
      try Tally(original, CodecReader.open(bytes, limits: limits), mask)
    }
    maxAbsDiff = tally.largest
    pixelCount = tally.pixels
    differingCount = tally.differing
    differingShare = tally.pixels == 0 ? 0 : Double(tally.differing) / Double(tally.pixels)
  }
}

/// The comparison, strip by strip as the file is decoded, so that no second picture is held.
private struct Tally {
  var largest = 0
  var differing = 0
  var pixels = 0

  init(
    _ original: Picture, _ reader: borrowing CodecReader, _ mask: Mask
  ) throws(ImagingError) {
    let info = ImageInfo(reader)
    guard info.width == original.width, info.height == original.height,
      info.orientation == .upright
    else {
      throw .sizeMismatch(
        width: info.width, height: info.height, expectedWidth: original.width,
        expectedHeight: original.height)
    }
    let converter = StripConverter(reader.header, managesColour: true)
    let isSameKind = info.depth == original.depth && info.channels == original.channels
    guard isSameKind || (info.depth == 8 && info.channels == 3) else {
      throw .channelCount(expected: original.channels, found: info.channels)
    }
    var flat = [UInt8](repeating: 0, count: isSameKind ? 0 : original.width * 3)
    var tally = self
    try ImageDecoder.forEachStrip(reader, converter) { strip, y, rows in
      let rowBytes = strip.count / rows
      for row in 0..<rows {
        let line = UnsafeRawBufferPointer(
          rebasing: strip[row * rowBytes..<(row + 1) * rowBytes])
        if isSameKind {
          tally.compare(original, line, mask, y + row)
        } else {
          original.readFlat(y + row, &flat)
          flat.withUnsafeBufferPointer {
            tally.compareRow($0, line.bindMemory(to: UInt8.self), mask, y + row, 3)
          }
        }
      }
    }
    self = tally
  }

  private mutating func compare(
    _ original: Picture, _ line: UnsafeRawBufferPointer, _ mask: Mask, _ y: Int
  ) {
    let rowBytes = original.width * original.pixelBytes
    original.pixels.withUnsafeBytes { all in
      let row = UnsafeRawBufferPointer(rebasing: all[y * rowBytes..<(y + 1) * rowBytes])
      if original.depth == 8 {
        compareRow(
          row.bindMemory(to: UInt8.self), line.bindMemory(to: UInt8.self), mask, y,
          original.channels)
      } else {
        compareRow(
          row.bindMemory(to: UInt16.self), line.bindMemory(to: UInt16.self), mask, y,
          original.channels)
      }
    }
  }

  private mutating func compareRow<Sample: FixedWidthInteger>(
    _ a: UnsafeBufferPointer<Sample>, _ b: UnsafeBufferPointer<Sample>, _ mask: Mask, _ y: Int,
    _ channels: Int
  ) {
    mask.coverage.withUnsafeBufferPointer { coverage in
      for x in 0..<mask.width where coverage[y * mask.width + x] == 0 {
        var most = 0
        for index in x * channels..<(x + 1) * channels {
          most = max(most, abs(Int(a[index]) - Int(b[index])))
        }
        pixels += 1
        differing += most == 0 ? 0 : 1
        largest = max(largest, most)
      }
    }
  }
}
