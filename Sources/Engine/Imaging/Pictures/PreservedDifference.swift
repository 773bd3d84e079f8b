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
    let sent = try ImageDecoder.decode(encoded, limits: limits)
    guard sent.width == original.width, sent.height == original.height else {
      throw .sizeMismatch(
        width: sent.width, height: sent.height, expectedWidth: original.width,
        expectedHeight: original.height)
    }
    var tally = Tally()
    if sent.depth == original.depth && sent.channels == original.channels {
      tally.compare(original, sent, mask)
    } else {
      try tally.compareFlat(original, sent, mask)
    }
    maxAbsDiff = tally.largest
    pixelCount = tally.pixels
    differingCount = tally.differing
    differingShare = tally.pixels == 0 ? 0 : Double(tally.differing) / Double(tally.pixels)
  }
}

private struct Tally {
  var largest = 0
  var differing = 0
  var pixels = 0

  mutating func compare(_ original: Picture, _ sent: Picture, _ mask: Mask) {
    for y in 0..<original.height {
      let bytes = y * original.width * original.pixelBytes
      let end = bytes + original.width * original.pixelBytes
      original.pixels.withUnsafeBytes { first in
        sent.pixels.withUnsafeBytes { second in
          let a = UnsafeRawBufferPointer(rebasing: first[bytes..<end])
          let b = UnsafeRawBufferPointer(rebasing: second[bytes..<end])
          if original.depth == 8 {
            compareRow(
              a.bindMemory(to: UInt8.self), b.bindMemory(to: UInt8.self), mask, y,
              original.channels)
          } else {
            compareRow(
              a.bindMemory(to: UInt16.self), b.bindMemory(to: UInt16.self), mask, y,
              original.channels)
          }
        }
      }
    }
  }

  mutating func compareFlat(
    _ original: Picture, _ sent: Picture, _ mask: Mask
  ) throws(ImagingError) {
    guard sent.depth == 8 && sent.channels == 3 else {
      throw .channelCount(expected: original.channels, found: sent.channels)
    }
    var first = [UInt8](repeating: 0, count: original.width * 3)
    var second = first
    for y in 0..<original.height {
      original.readFlat(y, &first)
      sent.readFlat(y, &second)
      first.withUnsafeBufferPointer { a in
        second.withUnsafeBufferPointer { b in compareRow(a, b, mask, y, 3) }
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
