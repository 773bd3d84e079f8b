import Foundation
import Imaging
import Models
import Tensors

/// A picture as files have it, `[height, width, 3]` bytes of sRGB: real and made pictures alike are
/// rounded, so that rounding tells nobody which is which.
struct BytePicture: Sendable, Hashable {
  let width: Int
  let height: Int
  var bytes: [UInt8]

  init(width: Int, height: Int, bytes: [UInt8]) {
    self.width = width
    self.height = height
    self.bytes = bytes
  }

  /// - Parameter image: RGB, held in 0...1.
  init(_ image: FloatImage) {
    width = image.width
    height = image.height
    bytes = image.pixels.map { UInt8(min(1, max(0, $0)) * 255 + 0.5) }
  }

  /// RGB in 0...1.
  var image: FloatImage {
    get throws(ImagingError) {
      try FloatImage(
        width: width, height: height, channels: 3, pixels: bytes.map { Float($0) / 255 })
    }
  }

  /// This picture where the hole is, the other one elsewhere.
  func pasted(into other: BytePicture, hole: [UInt8]) -> BytePicture {
    var result = other
    for index in hole.indices where hole[index] != 0 {
      for sample in index * 3..<index * 3 + 3 { result.bytes[sample] = bytes[sample] }
    }
    return result
  }

  var mirrored: BytePicture {
    BytePicture(width: width, height: height, bytes: mirroredRows(bytes, width, channels: 3))
  }

  // MARK: Files

  var png: [UInt8] {
    get throws(ImagingError) {
      try ImageEncoder.png(
        try Picture(width: width, height: height, channels: 3, samples: bytes),
        metadata: ImageMetadata(declaresSyntheticPart: false))
    }
  }

  init(contentsOf path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw RecipeError.unreadable(path: path, reason: "it cannot be read")
    }
    let picture = try ImageDecoder.decode(Array(data))
    guard picture.channels == 3, picture.depth == 8 else {
      throw RecipeError.unreadable(path: path, reason: "it is no RGB picture of 8 bits")
    }
    self.init(width: picture.width, height: picture.height, bytes: picture.pixels)
  }
}

/// Samples `[height, width, channels]` with the columns of each row in reverse.
func mirroredRows<Sample>(_ samples: [Sample], _ width: Int, channels: Int) -> [Sample] {
  var result: [Sample] = []
  result.reserveCapacity(samples.count)
  for row in stride(from: 0, to: samples.count, by: width * channels) {
    for column in (0..<width).reversed() {
      let start = row + column * channels
      result += samples[start..<start + channels]
    }
  }
  return result
}

extension Tensor {
  /// Pictures as a network sees them, `[pictures, side, side, 3]`; all are `side` pixels square.
  init(_ pictures: [BytePicture], side: Int, _ statistics: PixelStatistics) {
    // One table a channel: 256 values are all that a byte can be.
    let tables = (0..<3).map { channel in
      (0..<256).map { value in
        (Float(value) / 255 - statistics.mean[channel]) / statistics.deviation[channel]
      }
    }
    self.init(shape: [pictures.count, side, side, 3]) { target in
      var index = 0
      for picture in pictures {
        precondition(picture.bytes.count == side * side * 3, "pictures must be \(side) square")
        for (sample, byte) in picture.bytes.enumerated() {
          target[index] = tables[sample % 3][Int(byte)]
          index += 1
        }
      }
    }
  }
}
