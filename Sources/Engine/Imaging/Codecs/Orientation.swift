/// The EXIF orientation: how a stored picture is to be turned for display.
///
/// Source: Exif 2.32, section 4.6.4, tag 0x0112; TIFF 6.0, section 2 for the structure.
package enum Orientation: Int, Sendable, Hashable, CaseIterable {
  case upright = 1
  case mirrored
  case upsideDown
  case flipped
  case transposed
  case turnedRight
  case transversed
  case turnedLeft

  /// Whether width and height change places.
  package var swapsSides: Bool { rawValue >= 5 }

  /// Reads tag 0x0112 of the first directory of a TIFF structure; anything odd means upright.
  init(exif bytes: UnsafeBufferPointer<UInt8>) {
    self = Self.find(in: TIFFReader(bytes: bytes)) ?? .upright
  }

  private static func find(in tiff: TIFFReader?) -> Orientation? {
    guard let tiff, let directory = tiff.long(at: 4), let count = tiff.short(at: directory) else {
      return nil
    }
    for entry in 0..<count {
      let offset = directory + 2 + 12 * entry
      guard let tag = tiff.short(at: offset) else { return nil }
      guard tag == 0x0112 else { continue }
      guard tiff.short(at: offset + 2) == 3, tiff.long(at: offset + 4) == 1 else { return nil }
      return tiff.short(at: offset + 8).flatMap(Orientation.init(rawValue:))
    }
    return nil
  }
}

/// Numbers of a TIFF structure in its byte order; nil beyond the end.
private struct TIFFReader {
  let bytes: UnsafeBufferPointer<UInt8>
  let isBigEndian: Bool

  init?(bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    if bytes.starts(with: [0x49, 0x49, 0x2A, 0x00]) {
      isBigEndian = false
    } else if bytes.starts(with: [0x4D, 0x4D, 0x00, 0x2A]) {
      isBigEndian = true
    } else {
      return nil
    }
  }

  func short(at offset: Int) -> Int? { number(at: offset, size: 2) }
  func long(at offset: Int) -> Int? { number(at: offset, size: 4) }

  private func number(at offset: Int, size: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - size else { return nil }
    var value = 0
    for index in 0..<size {
      value = value << 8 | Int(bytes[offset + (isBigEndian ? index : size - 1 - index)])
    }
    return value
  }
}
