import Imaging
import Testing

struct DecodedPicturesTests {
  private struct NotAtHand: Error {}

  private func png(_ shade: UInt8, side: Int = 10) throws -> [UInt8] {
    let samples = [UInt8](repeating: shade, count: 3 * side * side)
    return try ImageEncoder.png(
      Picture(width: side, height: side, channels: 3, samples: samples))
  }

  private func read(
    _ pictures: DecodedPictures, _ name: String, for purpose: DecodedPictures.Purpose = .check,
    limits: ImageLimits = ImageLimits(), _ file: [UInt8]? = nil
  ) throws -> DecodedPictures.Reading<Picture> {
    try pictures.picture(name, for: purpose, limits: limits) {
      guard let file else { throw NotAtHand() }
      return file
    }
  }

  @Test func `what was checked is there for its edit, and its seconds count once`() throws {
    let pictures = DecodedPictures(limit: 1000)
    let first = try read(pictures, "a", png(7))
    #expect(first.secondsBefore == 0 && first.content.pixels == [UInt8](repeating: 7, count: 300))
    // A second check leaves the seconds to the edit.
    #expect(try read(pictures, "a").secondsBefore > 0)
    let edit = try read(pictures, "a", for: .edit)
    #expect(edit.content == first.content && edit.secondsBefore > 0)
    #expect(try read(pictures, "a", for: .edit).secondsBefore == 0)
    #expect(pictures.size == 300)
  }

  @Test func `what an edit decodes itself counts as nothing before it`() throws {
    let pictures = DecodedPictures(limit: 1000)
    #expect(try read(pictures, "a", for: .edit, png(1)).secondsBefore == 0)
    #expect(try read(pictures, "a", for: .edit).secondsBefore == 0)
  }

  @Test func `those used longest ago go first, and none is kept that is too large`() throws {
    let pictures = DecodedPictures(limit: 700)
    _ = try read(pictures, "a", png(1))
    _ = try read(pictures, "b", png(2))
    _ = try read(pictures, "a")
    _ = try read(pictures, "c", png(3))
    #expect(pictures.size == 600)
    _ = try read(pictures, "a")
    #expect(throws: NotAtHand.self) { try read(pictures, "b") }
    _ = try read(pictures, "large", png(4, side: 16))
    #expect(throws: NotAtHand.self) { try read(pictures, "large") }
    let none = DecodedPictures(limit: 0)
    _ = try read(none, "a", png(1))
    #expect(throws: NotAtHand.self) { try read(none, "a") }
  }

  @Test func `limits hold for what is kept, and damaged files are refused again`() throws {
    let pictures = DecodedPictures(limit: 1000)
    _ = try read(pictures, "a", png(1))
    #expect(throws: ImagingError.self) {
      try read(pictures, "a", limits: ImageLimits(maxPixels: 99))
    }
    let damaged = Array(try png(1).prefix(40))
    for _ in 0..<2 {
      #expect(throws: ImagingError.self) { try read(pictures, "damaged", damaged) }
    }
  }

  @Test func `a mask is kept as it was understood`() throws {
    let pictures = DecodedPictures(limit: 1000)
    var samples = [UInt8](repeating: 0, count: 300)
    samples[30] = 255
    samples[31] = 255
    samples[32] = 255
    let file = try ImageEncoder.png(
      Picture(width: 10, height: 10, channels: 3, samples: samples))
    func read(
      _ options: MaskOptions, width: Int = 10, _ file: [UInt8]? = nil
    ) throws -> MaskReading {
      try pictures.mask(
        "m", for: .edit, options: options, width: width, height: 10, limits: ImageLimits()
      ) {
        guard let file else { throw NotAtHand() }
        return file
      }.content
    }
    let plain = try read(MaskOptions(), file)
    #expect(plain.mask.count == 1)
    #expect(try read(MaskOptions()) == plain)
    #expect(try read(MaskOptions(inverts: true), file).mask.count == 99)
    #expect(throws: NotAtHand.self) { try read(MaskOptions(grow: 1)) }
    #expect(throws: ImagingError.self) { try read(MaskOptions(), width: 11, file) }
  }
}
