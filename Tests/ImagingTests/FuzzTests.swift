import Imaging
import Testing

struct FuzzTests {
  /// Small files of every kind of decoder.
  static let seeds = [
    "grey1-interlaced.png", "palette4-trns.png", "rgb16-trns.png", "rgba8.png", "wide8.png",
    "exif6.png", "gamma.png", "rgb.jpg", "progressive.jpg", "cmyk.jpg", "orientation6.jpg",
    "wide.jpg", "grey.jpg", "restart.jpg", "grey-profile.png",
  ]

  @Test(arguments: seeds)
  func `damaged files never crash`(_ name: String) throws {
    let original = try Golden.bytes(name)
    var generator = SeededGenerator(name.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
    let limits = ImageLimits(maxPixels: 1 << 16)
    var decoded = 0
    for _ in 0..<400 {
      var bytes = Self.mutated(original, &generator)
      if name.hasSuffix("png"), Bool.random(using: &generator) { Self.repairChecksums(&bytes) }
      if let picture = try? ImageDecoder.decode(bytes, limits: limits) {
        decoded += 1
        #expect(picture.samples.count == picture.width * picture.height * picture.channels)
        _ = try? picture.region(picture.bounds)
      }
      _ = try? MaskReader.read(bytes, width: 13, height: 11, limits: limits)
    }
    #expect(decoded > 0)
  }

  static func mutated(_ original: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 2: bytes[place] = [0, 0xFF, 0x7F, 0x80].randomElement(using: &generator) ?? 0
      case 3:
        let end = min(bytes.count, place + Int.random(in: 1...8, using: &generator))
        bytes.removeSubrange(place..<end)
      case 4:
        let end = min(bytes.count, place + Int.random(in: 1...32, using: &generator))
        bytes.insert(contentsOf: bytes[place..<end], at: place)
      default: bytes.append(contentsOf: [0, 0xFF, 0xD9])
      }
    }
    return bytes
  }

  /// Lets mutations pass the checksum, so that they reach what lies behind it.
  static func repairChecksums(_ bytes: inout [UInt8]) {
    var offset = 8
    while offset + 12 <= bytes.count {
      let length = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      let end = offset + 8 + length
      guard end + 4 <= bytes.count else { return }
      let checksum = PNGChunk.checksum(bytes[offset + 4..<end])
      for index in 0..<4 {
        bytes[end + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(24 - 8 * index))
      }
      offset = end + 4
    }
  }
}

/// Chunks of a PNG file, read without the code under test.
struct PNGChunk {
  var kind: String
  var data: [UInt8]

  static func all(_ bytes: [UInt8]) -> [PNGChunk] {
    var chunks: [PNGChunk] = []
    var offset = 8
    while offset + 12 <= bytes.count {
      let length = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      chunks.append(
        PNGChunk(
          kind: String(decoding: bytes[offset + 4..<offset + 8], as: UTF8.self),
          data: Array(bytes[offset + 8..<offset + 8 + length])))
      offset += 12 + length
    }
    return chunks
  }

  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var value: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
    return ~value
  }
}
