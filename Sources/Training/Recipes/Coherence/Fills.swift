import Datasets
import Imaging

/// Fills by formula, which a judge must not take for real either.
enum Fills {
  /// The surroundings continued smoothly (push-pull).
  static func smooth(_ picture: BytePicture, hole: [UInt8]) throws -> BytePicture {
    let known = try FloatImage(
      width: picture.width, height: picture.height, channels: 1,
      pixels: hole.map { $0 == 0 ? 1 : 0 })
    return BytePicture(try picture.image.pushPull(weights: known))
  }

  /// Each pixel of the hole from a place a quarter to a half of the side away, so that texture is
  /// real but does not go on.
  static func shifted(
    _ picture: BytePicture, hole: [UInt8], _ choices: inout SplitMix
  ) -> BytePicture {
    let (width, height) = (picture.width, picture.height)
    func shift(_ side: Int) -> Int {
      let least = side / 4
      return (choices.chance(0.5) ? 1 : -1) * (least + choices.index(max(1, side / 4)))
    }
    let (dx, dy) = (shift(width), shift(height))
    var result = picture
    for y in 0..<height {
      for x in 0..<width where hole[y * width + x] != 0 {
        // Beyond the border it goes on at the other side.
        let from = ((y + dy + height) % height * width + (x + dx + width) % width) * 3
        for channel in 0..<3 {
          result.bytes[(y * width + x) * 3 + channel] = picture.bytes[from + channel]
        }
      }
    }
    return result
  }
}
