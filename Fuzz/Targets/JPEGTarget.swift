import Imaging

/// A JPEG file; its segments are changed one at a time under lengths that fit.
final class JPEGTarget: FuzzTarget {
  static let name = "jpeg"
  static let sources =
    ["CodecReader", "ImageDecoder", "ImageInfo", "Orientation", "Placement", "ICCProfile"]
    .map { "Engine/Imaging/Codecs/\($0).swift" } + [
      "Engine/Imaging/ImageFormat.swift", "Engine/Imaging/Codecs/StripConverter.swift",
      "System/CImageCodecs/jpeg_reader.c",
    ]

  init() {}

  func read(_ input: [UInt8]) -> FuzzVerdict {
    PictureReading.verdict(input, format: .jpeg)
  }

  // MARK: Structure: markers, each with what follows it to the next (ITU-T T.81, annex B)

  /// A part is a marker's second byte, then the segment without its length, then a scan's data as
  /// a part of its own that begins with 0.
  static func parts(of input: [UInt8]) -> [[UInt8]] {
    guard input.starts(with: [0xFF, 0xD8]) else { return [input] }
    var parts: [[UInt8]] = []
    var rest = input.dropFirst(2)
    while let marker = rest.dropFirst().first {
      guard rest.first == 0xFF, !isAlone(marker) else {
        let scan = rest.prefix(scanLength(rest))
        parts.append([0] + scan)
        rest = rest.dropFirst(scan.count)
        continue
      }
      let length = rest.dropFirst(2).prefix(2).reduce(0) { $0 << 8 | Int($1) }
      let body = rest.dropFirst(4).prefix(max(length - 2, 0))
      parts.append([marker] + body)
      rest = rest.dropFirst(4 + body.count)
    }
    if let last = rest.first { parts.append([0, last]) }
    return parts
  }

  static func whole(_ parts: [[UInt8]]) -> [UInt8] {
    parts.reduce(into: [0xFF, 0xD8]) { file, part in
      let body = Array(part.dropFirst().prefix(0xFFFF - 2))
      guard let marker = part.first, marker != 0 else { return file += body }
      let length = body.count + 2
      file += [0xFF, marker, UInt8(length >> 8), UInt8(length & 0xFF)] + body
    }
  }

  /// Markers without a length: stuffed bytes, restarts, begin and end.
  private static func isAlone(_ marker: UInt8) -> Bool {
    marker <= 0x01 || (0xD0...0xD9).contains(marker) || marker == 0xFF
  }

  /// Bytes up to the next marker with a length; at least one.
  private static func scanLength(_ bytes: ArraySlice<UInt8>) -> Int {
    var index = bytes.startIndex + 1
    while index + 1 < bytes.endIndex {
      if bytes[index] == 0xFF, !isAlone(bytes[index + 1]) { return index - bytes.startIndex }
      index += 1
    }
    return bytes.count
  }
}
