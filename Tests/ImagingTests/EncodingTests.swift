import Dispatch
import Imaging
import Testing

struct EncodingTests {
  @Test(arguments: [8, 16], [3, 4])
  func `PNG gives back every bit`(_ depth: Int, _ channels: Int) throws {
    var generator = SeededGenerator(UInt64(10 * depth + channels))
    for (width, height) in [(1, 1), (7, 5), (64, 3)] {
      let picture = try Picture.random(
        width: width, height: height, channels: channels, depth: depth, using: &generator)
      let again = try ImageDecoder.decode(ImageEncoder.png(picture))
      #expect(again.pixels == picture.pixels)
      #expect(again.depth == depth && again.channels == channels)
    }
  }

  @Test(arguments: [8, 16], [3, 4])
  func `PNG bands fit together, whoever deflates them`(_ depth: Int, _ channels: Int) throws {
    var generator = SeededGenerator(UInt64(depth + channels))
    // Rows that are wider than a band, and more bands than are held at a time.
    for (width, height) in [(65_500, 5), (8192, 171), (300, 1201)] {
      let noise = try Picture.random(
        width: width, height: 1, channels: channels, depth: depth, using: &generator)
      var samples: [UInt8] = []
      for y in 0..<height { samples += noise.pixels[(y % 7)...] + noise.pixels[..<(y % 7)] }
      let picture = try Picture(
        width: width, height: height, channels: channels, depth: depth, samples: samples)
      let bytes = try ImageEncoder.png(picture)
      #expect(try ImageDecoder.decode(bytes).pixels == picture.pixels)
      let backwards = try ImageEncoder.png(picture) { count, body in
        for index in (0..<count).reversed() { body(index) }
      }
      let together = try ImageEncoder.png(picture) { count, body in
        withoutActuallyEscaping(body) { body in
          let work = UncheckedBody(body)
          DispatchQueue.concurrentPerform(iterations: count) { work.body($0) }
        }
      }
      #expect(bytes == backwards && bytes == together)
    }
  }

  private struct UncheckedBody: @unchecked Sendable {
    // Unchecked: an encoder's bands share nothing.
    let body: (Int) -> Void
    init(_ body: @escaping (Int) -> Void) { self.body = body }
  }

  @Test func `the same picture gives the same bytes`() throws {
    var generator = SeededGenerator(2)
    let picture = try Picture.random(
      width: 40, height: 30, channels: 3, depth: 8, using: &generator)
    #expect(try ImageEncoder.png(picture) == ImageEncoder.png(picture))
    #expect(try ImageEncoder.jpeg(picture) == ImageEncoder.jpeg(picture))
  }

  @Test func `profiles and colour chunks are carried over`() throws {
    for name in ["wide8.png", "wide16.png", "wide.jpg", "gamma.png"] {
      let picture = try ImageDecoder.decode(Golden.bytes(name))
      let png = try ImageDecoder.decode(ImageEncoder.png(picture))
      #expect(png.profile == picture.profile, "\(name)")
      #expect(png.pngColour == picture.pngColour, "\(name)")
      let jpeg = try ImageDecoder.decode(ImageEncoder.jpeg(picture))
      #expect(jpeg.profile == picture.profile, "\(name)")
    }
  }

  @Test func `a profile of odd length survives PNG`() throws {
    let wide = try Golden.bytes("wide.icc")
    var odd = wide + [1]
    for index in 0..<4 { odd[index] = UInt8(odd.count >> (24 - 8 * index) & 0xFF) }
    let profile = try #require(ICCProfile(odd))
    #expect(profile.bytes.count == wide.count + 4)
    let picture = try Picture(
      width: 1, height: 1, channels: 3, samples: [1, 2, 3], profile: profile)
    #expect(try ImageDecoder.decode(ImageEncoder.png(picture)).profile == profile)
    #expect(ICCProfile(Array(wide[..<100])) == nil)
    #expect(ICCProfile([UInt8](repeating: 0xFF, count: 500)) == nil)
  }

  @Test func `texts and provenance are in the PNG`() throws {
    let picture = try Picture(width: 1, height: 1, channels: 3, samples: [1, 2, 3])
    let metadata = ImageMetadata(texts: [.init(key: "byteedit", value: "{\"seed\":7,\"ä\":1}")])
    let chunks = PNGChunk.all(try ImageEncoder.png(picture, metadata: metadata))
    let texts = chunks.filter { $0.kind == "iTXt" }.map { String(decoding: $0.data, as: UTF8.self) }
    #expect(texts.count == 2)
    #expect(texts.contains("byteedit\0\0\0\0\0{\"seed\":7,\"ä\":1}"))
    #expect(
      texts.contains {
        $0.hasPrefix("XML:com.adobe.xmp\0\0\0\0\0<?xpacket begin=\"\u{FEFF}\"")
          && $0.contains("digitalsourcetype/compositeWithTrainedAlgorithmicMedia\"")
      })
    #expect(!chunks.contains { $0.kind == "tIME" })
    let silent = ImageMetadata(declaresSyntheticPart: false)
    let plain = PNGChunk.all(try ImageEncoder.png(picture, metadata: silent))
    #expect(plain.map(\.kind) == ["IHDR", "IDAT", "IEND"])
  }

  @Test func `texts and provenance are in the JPEG`() throws {
    let picture = try Picture(width: 1, height: 1, channels: 3, samples: [1, 2, 3])
    let metadata = ImageMetadata(texts: [.init(key: "byteedit", value: "seed 7")])
    let bytes = try ImageEncoder.jpeg(picture, metadata: metadata)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains("byteedit: seed 7"))
    #expect(text.contains("http://ns.adobe.com/xap/1.0/\0<?xpacket"))
  }

  @Test func `bad settings are refused`() throws {
    let picture = try Picture(width: 1, height: 1, channels: 3, samples: [1, 2, 3])
    #expect(throws: ImagingError.self) { try ImageEncoder.jpeg(picture, quality: 0) }
    #expect(throws: ImagingError.self) { try ImageEncoder.jpeg(picture, quality: 101) }
    #expect(throws: ImagingError.self) { try ImageEncoder.png(picture, compression: 10) }
    for key in ["", " a", "ä", "a\nb", String(repeating: "k", count: 80)] {
      let metadata = ImageMetadata(texts: [.init(key: key, value: "")])
      #expect(throws: ImagingError.self) { try ImageEncoder.png(picture, metadata: metadata) }
    }
    let long = ImageMetadata(texts: [.init(key: "k", value: String(repeating: "x", count: 70_000))])
    #expect(throws: ImagingError.self) { try ImageEncoder.jpeg(picture, metadata: long) }
    #expect(try !ImageEncoder.png(picture, metadata: long).isEmpty)
    #expect(throws: ImagingError.self) {
      try Picture(width: 2, height: 1, channels: 3, samples: [1, 2, 3])
    }
    #expect(throws: ImagingError.self) {
      try Picture(width: 0, height: 1, channels: 3, samples: [])
    }
  }

  @Test func `JPEG flattens alpha over white`() throws {
    let samples = [UInt8](repeating: 0, count: 16 * 16 * 4)
    let picture = try Picture(width: 16, height: 16, channels: 4, samples: samples)
    let flat = try ImageDecoder.decode(ImageEncoder.jpeg(picture, quality: 100))
    #expect(flat.channels == 3)
    #expect(flat.pixels.allSatisfy { $0 >= 254 })
  }

  @Test func `quality and chroma matter`() throws {
    let picture = try ImageDecoder.decode(Golden.bytes("rgb444.jpg"))
    let sizes = try [10, 50, 89, 90, 100].map { try ImageEncoder.jpeg(picture, quality: $0).count }
    #expect(sizes == sizes.sorted() && Set(sizes).count == 5)
  }
}
