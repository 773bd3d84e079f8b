import Imaging
import Testing

/// Pictures of 8 bits; their resizing is compared with Pillow's in the tests of the judges'
/// preprocessing.
@Suite struct ByteImageTests {
  private func random(width: Int, height: Int, channels: Int) throws -> ByteImage {
    var generator = SeededGenerator(5)
    return try ByteImage(
      width: width, height: height, channels: channels,
      samples: (0..<width * height * channels).map { _ in .random(in: 0...255, using: &generator) })
  }

  @Test(arguments: [1, 3, 4], [(9, 31), (40, 17), (23, 20), (31, 20)])
  func `a window is a part of the whole`(channels: Int, size: (Int, Int)) throws {
    let picture = try random(width: 23, height: 31, channels: channels)
    let whole = try picture.resized(to: size, filter: .bicubic)
    let window = PixelRect(x: 2, y: 5, width: 6, height: 11)
    let part = try picture.resized(to: size, window: window, filter: .bicubic)
    for y in 0..<window.height {
      for x in 0..<window.width {
        for channel in 0..<channels {
          let other = ((y + 5) * size.0 + x + 2) * channels + channel
          let sample = part.samples[(y * window.width + x) * channels + channel]
          #expect(sample == whole.samples[other])
        }
      }
    }
  }

  @Test func `rounding after each pass is near to resizing in floats`() throws {
    let picture = try random(width: 23, height: 31, channels: 3)
    let bytes = try picture.resized(to: (9, 12), filter: .bicubic).floats
    let floats = try picture.floats.resized(width: 9, height: 12, filter: .bicubic)
    let worst = zip(bytes.pixels, floats.pixels).map { abs($0 - min(1, max(0, $1))) }.max() ?? 1
    // Half a step after each pass; bicubic weights add up to at most 1.3 in all.
    #expect(worst < 1.2 / 255 && worst > 0.2 / 255)
  }

  @Test func `the same size changes nothing`() throws {
    let picture = try random(width: 5, height: 7, channels: 4)
    #expect(try picture.resized(to: (5, 7), filter: .lanczos3) == picture)
    #expect(try ByteImage(picture.floats) == picture)
  }

  @Test func `hidden colours do not shine through`() throws {
    // Red behind an opacity of zero beside opaque blue.
    let picture = try ByteImage(
      width: 2, height: 1, channels: 4, samples: [255, 0, 0, 0, 0, 0, 255, 255])
    let one = try picture.resized(to: (1, 1), filter: .box)
    #expect(one.samples == [0, 0, 255, 128])
    #expect(picture.rgb(over: .white).samples == [255, 255, 255, 0, 0, 255])
    #expect(picture.rgb(over: .none).samples == [255, 0, 0, 0, 0, 255])
  }

  @Test func `what is no picture is refused`() {
    #expect(throws: ImagingError.self) {
      try ByteImage(width: 2, height: 2, channels: 2, samples: [UInt8](repeating: 0, count: 8))
    }
    #expect(throws: ImagingError.self) {
      try ByteImage(width: 2, height: 2, channels: 3, samples: [UInt8](repeating: 0, count: 11))
    }
    #expect(throws: ImagingError.self) {
      try random(width: 4, height: 4, channels: 3).resized(
        to: (8, 8), window: PixelRect(x: 1, y: 0, width: 8, height: 8), filter: .box)
    }
  }
}
