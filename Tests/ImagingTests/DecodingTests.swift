import CImageCodecs
import Imaging
import Testing

struct DecodingTests {
  @Test func `the golden files are there`() {
    #expect(Golden.index.pictures.count > 60)
  }

  @Test(arguments: Golden.index.pictures)
  func `a picture decodes to its known samples`(_ entry: Golden.PictureEntry) throws {
    let bytes = try Golden.bytes(entry.file)
    let picture = try ImageDecoder.decode(bytes)
    #expect(picture.width == entry.width)
    #expect(picture.height == entry.height)
    #expect(picture.channels == entry.channels)
    #expect(picture.depth == entry.depth)
    #expect(picture.notes.map(\.rawValue) == entry.notes)
    let expected = try Picture(
      width: entry.width, height: entry.height, channels: entry.channels, depth: entry.depth,
      samples: Golden.bytes(entry.file + ".raw"))
    let worst = zip(picture.samples, expected.samples).map { abs($0 - $1) }.max() ?? Int.max
    #expect(worst <= entry.tolerance)
  }

  @Test(arguments: Golden.index.pictures)
  func `the header alone tells what decoding gives`(_ entry: Golden.PictureEntry) throws {
    let info = try ImageDecoder.probe(Golden.bytes(entry.file))
    #expect(info.width == entry.width)
    #expect(info.height == entry.height)
    #expect(info.channels == entry.channels)
    #expect(info.depth == entry.depth)
    #expect(info.orientation.rawValue == entry.orientation)
    #expect(info.format == (entry.file.hasSuffix("png") ? .png : .jpeg))
  }

  @Test func `an RGB profile is kept and other profiles are used up`() throws {
    let wide = try Golden.bytes("wide.icc")
    #expect(try ImageDecoder.decode(Golden.bytes("wide8.png")).profile?.bytes == wide)
    #expect(try ImageDecoder.decode(Golden.bytes("wide.jpg")).profile?.bytes == wide)
    #expect(try ImageDecoder.decode(Golden.bytes("grey-profile.png")).profile == nil)
    #expect(try ImageDecoder.decode(Golden.bytes("cmyk-profile.jpg")).profile == nil)
    #expect(try ImageDecoder.decode(Golden.bytes("broken-profile.jpg")).profile == nil)
  }

  @Test func `gamma chunks are reported and do not change pixels`() throws {
    let colour = try #require(try ImageDecoder.decode(Golden.bytes("gamma.png")).pngColour)
    #expect(colour.gamma == 100_000)
    #expect(colour.chromaticities == [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000])
    #expect(colour.standardIntent == nil)
  }

  @Test(arguments: ["rgb8.png", "rgba16-interlaced.png", "rgb.jpg", "progressive.jpg"])
  func `a file that ends early is refused wherever it ends`(_ name: String) throws {
    let bytes = try Golden.bytes(name)
    for count in 12..<bytes.count - 1 {
      #expect(throws: ImagingError.self) { try ImageDecoder.decode(Array(bytes[..<count])) }
    }
    let format: ImageFormat = name.hasSuffix("png") ? .png : .jpeg
    #expect(throws: ImagingError.truncated(format)) {
      try ImageDecoder.decode(Array(bytes[..<(bytes.count * 2 / 3)]))
    }
  }

  @Test func `a wrong checksum is refused in any chunk`() throws {
    for name in ["rgb8.png", "palette8-trns.png", "gamma.png"] {
      let bytes = try Golden.bytes(name)
      var offset = 8
      while offset + 12 <= bytes.count {
        let length = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
        var damaged = bytes
        damaged[offset + 8 + length] ^= 1
        #expect(throws: ImagingError.self) { try ImageDecoder.decode(damaged) }
        offset += 12 + length
      }
      #expect(offset == bytes.count)
    }
  }

  @Test func `other formats are named`() {
    let files: [(String, String?)] = [
      ("RIFF\0\0\0\0WEBPVP8 ", "WebP"), ("GIF89a", "GIF"), ("II*\0....", "TIFF"),
      ("\0\0\0\0ftypheic", "HEIF"), ("\0\0\0\0ftypavif", "AVIF"), ("hello", nil), ("", nil),
    ]
    for (text, name) in files {
      #expect(throws: ImagingError.unknownFormat(recognised: name)) {
        try ImageDecoder.probe(Array(text.utf8))
      }
    }
  }

  @Test func `limits are checked from the header`() throws {
    let bytes = try Golden.bytes("rgb8.png")
    #expect(throws: ImagingError.tooManyPixels(width: 7, height: 10, limit: 69)) {
      try ImageDecoder.probe(bytes, limits: ImageLimits(maxPixels: 69))
    }
    #expect(throws: ImagingError.sideTooLong(side: 10, limit: 9)) {
      try ImageDecoder.decode(bytes, limits: ImageLimits(maxSide: 9))
    }
    #expect(throws: ImagingError.tooManyBytes(count: bytes.count, limit: 20)) {
      try ImageDecoder.decode(bytes, limits: ImageLimits(maxBytes: 20))
    }
    #expect(throws: ImagingError.self) {
      try ImageDecoder.decode(Golden.bytes("cmyk-profile.jpg"), limits: .init(maxICCBytes: 1000))
    }
    #expect(throws: ImagingError.self) {
      try ImageDecoder.decode(Golden.bytes("progressive.jpg"), limits: .init(maxScans: 3))
    }
  }

  @Test func `a header that claims a huge picture costs nothing`() throws {
    // IHDR of 2^31 - 1 by 2^31 - 1 pixels with a right checksum.
    let bomb: [UInt8] = [
      0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52,
      0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 8, 2, 0, 0, 0,
    ]
    #expect(throws: ImagingError.self) { try ImageDecoder.decode(bomb) }
  }

  @Test func `a picture beyond the limits is not even made ready to be read`() throws {
    let bytes = try Golden.bytes("rgb8.png")  // 7 x 10
    func channels(pixels: UInt64, side: UInt32) -> Int32? {
      var error = be_error()
      return bytes.withUnsafeBufferPointer { file in
        let reader = be_png_open(file.baseAddress, file.count, 4096, pixels, side, &error)
        defer { be_png_close(reader) }
        return reader.map { be_png_header($0).pointee.channels }
      }
    }
    #expect(channels(pixels: 70, side: 7) == 3)
    #expect(channels(pixels: 69, side: 7) == 0)
    #expect(channels(pixels: 70, side: 6) == 0)
  }

  @Test func `a chunk that claims more bytes than there are is refused before libpng makes room`()
    throws
  {
    let bytes = try Golden.bytes("rgb8.png")
    let head = 8 + 25  // the signature and IHDR
    func refusal(of name: String) -> (be_status, String) {
      let chunk = [0x10, 0, 0, 0] + Array(name.utf8)
      let file = Array(bytes[..<head]) + chunk + Array(bytes[head...])
      var error = be_error()
      file.withUnsafeBufferPointer {
        be_png_close(be_png_open($0.baseAddress, $0.count, 4096, 1 << 20, 1 << 10, &error))
      }
      let text = withUnsafeBytes(of: error.message) { $0.prefix { $0 != 0 } }
      return (error.status, String(decoding: text, as: UTF8.self))
    }
    for name in ["eXIf", "tEXt", "iCCP", "none"] {
      let (status, text) = refusal(of: name)
      #expect(status == BE_TRUNCATED)
      #expect(text == "a chunk claims more bytes than the file has")
    }
  }
}
