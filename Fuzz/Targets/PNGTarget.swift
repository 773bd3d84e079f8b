import Imaging

/// A PNG file; its chunks are changed one at a time under checksums that fit.
final class PNGTarget: FuzzTarget {
  static let name = "png"
  static let sources =
    ["CodecReader", "ImageDecoder", "ImageInfo", "Orientation", "Placement", "ICCProfile"]
    .map { "Engine/Imaging/Codecs/\($0).swift" } + [
      "Engine/Imaging/ImageFormat.swift", "Engine/Imaging/Pictures/PNGColour.swift",
      "Engine/Imaging/Masks/MaskReader.swift", "System/CImageCodecs/png_reader.c",
      "System/CImageCodecs/colour.c",
    ]

  init() {}

  func read(_ input: [UInt8]) -> FuzzVerdict {
    PictureReading.verdict(input, format: .png)
  }

  // MARK: Structure: chunks, each its type and data (PNG specification, section 5)

  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  static func parts(of input: [UInt8]) -> [[UInt8]] {
    guard input.starts(with: signature) else { return [input] }
    var parts: [[UInt8]] = []
    var rest = input.dropFirst(signature.count)
    while rest.count >= 12 {
      let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      let part = rest.dropFirst(4).prefix(min(length, rest.count - 12) + 4)
      parts.append(Array(part))
      rest = rest.dropFirst(part.count + 8)
    }
    return parts
  }

  static func whole(_ parts: [[UInt8]]) -> [UInt8] {
    // What has no chunk type is no chunk.
    guard parts.allSatisfy({ $0.count >= 4 }) else { return Array(parts.joined()) }
    return parts.reduce(into: signature) { file, part in
      file += big(part.count - 4) + part + big(Int(checksum(part)))
    }
  }

  private static func big(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  /// CRC-32 over a chunk's type and data (PNG specification, annex D).
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(UInt32.max) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in
        value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1
      }
    }
  }
}
