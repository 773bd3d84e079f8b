import Imaging
import Testing

struct MaskTests {
  /// An RGBA mask file of one row.
  static func file(_ pixels: [(UInt8, UInt8)]) throws -> [UInt8] {
    try ImageEncoder.png(
      Picture(
        width: pixels.count, height: 1, channels: 4,
        samples: pixels.flatMap { [$0.0, $0.0, $0.0, $0.1] }))
  }

  static func read(
    _ pixels: [(UInt8, UInt8)], _ options: MaskOptions = MaskOptions()
  ) throws -> MaskReading {
    try MaskReader.read(file(pixels), options: options, width: pixels.count, height: 1)
  }

  @Test func `auto takes alpha where any pixel is transparent`() throws {
    let reading = try Self.read([(255, 255), (255, 254), (0, 0), (255, 128), (0, 127)])
    #expect(reading.rule == .alpha)
    #expect(reading.mask.coverage == [0, 0, 255, 0, 255])
    #expect(reading.share == 0.4)
    #expect(reading.box == PixelRect(x: 2, y: 0, width: 3, height: 1))
  }

  @Test func `auto takes luma where all is opaque`() throws {
    let reading = try Self.read([(255, 255), (128, 255), (127, 255), (0, 255)])
    #expect(reading.rule == .luma)
    #expect(reading.mask.coverage == [255, 255, 0, 0])
  }

  @Test func `semantics, invert and threshold are obeyed`() throws {
    let pixels: [(UInt8, UInt8)] = [(255, 0), (200, 255), (0, 255)]
    let luma = try Self.read(pixels, MaskOptions(semantics: .luma))
    #expect(luma.mask.coverage == [255, 255, 0] && luma.rule == .luma)
    let inverted = try Self.read(pixels, MaskOptions(semantics: .luma, inverts: true))
    #expect(inverted.mask.coverage == [0, 0, 255])
    let alpha = try Self.read(pixels, MaskOptions(semantics: .alpha, inverts: true))
    #expect(alpha.mask.coverage == [0, 255, 255])
    let strict = try Self.read(pixels, MaskOptions(semantics: .luma, threshold: 0.9))
    #expect(strict.mask.coverage == [255, 0, 0])
  }

  @Test func `an empty mask is refused and says by which rule`() throws {
    #expect(throws: ImagingError.emptyMask(.luma)) { try Self.read([(0, 255), (9, 255)]) }
    #expect(throws: ImagingError.emptyMask(.alpha)) {
      try Self.read([(0, 255)], MaskOptions(semantics: .alpha))
    }
    #expect(ImagingError.emptyMask(.luma).description.contains("white"))
    #expect(throws: ImagingError.maskWithoutAlpha) {
      try MaskReader.read(
        Golden.bytes("rgb8.png"), options: .init(semantics: .alpha), width: 7, height: 10)
    }
  }

  @Test func `a mask of another size is refused by displayed size`() throws {
    let bytes = try Golden.bytes("orientation6.jpg")
    #expect(
      throws: ImagingError.maskSizeMismatch(width: 22, height: 37, imageWidth: 37, imageHeight: 22)
    ) { try MaskReader.read(bytes, width: 37, height: 22) }
    #expect(try MaskReader.read(bytes, width: 22, height: 37).mask.width == 22)
  }

  @Test func `odd options are refused`() throws {
    for options in [
      MaskOptions(threshold: 0), MaskOptions(threshold: 1.1), MaskOptions(threshold: .nan),
      MaskOptions(grow: -1), MaskOptions(grow: Int.max),
    ] {
      #expect(throws: ImagingError.self) { try Self.read([(255, 255)], options) }
    }
  }

  @Test(arguments: Golden.index.pictures)
  func `any picture can be a mask, as its displayed luma says`(_ entry: Golden.PictureEntry) throws
  {
    let bytes = try Golden.bytes(entry.file)
    let options = MaskOptions(semantics: .luma)
    guard
      let reading = try? MaskReader.read(
        bytes, options: options, width: entry.width, height: entry.height)
    else { return }
    let picture = try ImageDecoder.decode(bytes)
    guard picture.notes.isEmpty else { return }
    let samples = picture.samples.map { picture.depth == 8 ? $0 : ($0 + 128) / 257 }
    for index in reading.mask.coverage.indices {
      let pixel = index * picture.channels
      let luma =
        (19595 * samples[pixel] + 38470 * samples[pixel + 1] + 7471 * samples[pixel + 2] + 32768)
        >> 16
      #expect(reading.mask.coverage[index] == (luma >= 128 ? 255 : 0))
    }
  }

  @Test func `growing is exact in either shape`() throws {
    var generator = SeededGenerator(6)
    for round in 0..<60 {
      let width = Int.random(in: 1...24, using: &generator)
      let height = Int.random(in: 1...24, using: &generator)
      let mask = try Mask.random(width: width, height: height, share: 0.03, using: &generator)
      let radius = Int.random(in: 1...9, using: &generator)
      let seeds = mask.coverage.indices.filter { mask.coverage[$0] != 0 }
      for shape in MaskOptions.Shape.allCases {
        var grown = mask
        grown.grow(by: radius, shape: shape)
        for index in mask.coverage.indices {
          let isNear = seeds.contains {
            let (dx, dy) = (abs($0 % width - index % width), abs($0 / width - index / width))
            return shape == .round ? dx * dx + dy * dy <= radius * radius : max(dx, dy) <= radius
          }
          #expect(grown.coverage[index] == (isNear ? 255 : 0), "round \(round) \(shape)")
        }
      }
    }
  }

  @Test func `feathering ramps inward by exact distance and never outside`() throws {
    var generator = SeededGenerator(7)
    for _ in 0..<40 {
      let width = Int.random(in: 1...24, using: &generator)
      let height = Int.random(in: 1...24, using: &generator)
      let mask = try Mask.random(width: width, height: height, share: 0.9, using: &generator)
      let distance = Int.random(in: 1...8, using: &generator)
      let weights = mask.feathered(by: distance)
      let outside = mask.coverage.indices.filter { mask.coverage[$0] == 0 }
      for index in mask.coverage.indices {
        let squared = outside.map {
          let (dx, dy) = ($0 % width - index % width, $0 / width - index / width)
          return dx * dx + dy * dy
        }.min()
        let ramp = squared.map { (Double($0).squareRoot() - 0.5) / Double(distance) } ?? 1
        let expected = mask.coverage[index] == 0 ? 0 : max(1, min(255, ramp * 255))
        #expect(abs(Double(weights.coverage[index]) - expected) <= 0.51)
      }
    }
  }

  @Test func `separated holes are found, corners connect`() throws {
    let mask = try Mask(drawn: [
      "##...#",
      "..#..#",
      "......",
      "#.#.##",
      "#.#...",
      "###..#",
    ])
    let found = mask.components().sorted { ($0.box.y, $0.box.x) < ($1.box.y, $1.box.x) }
    #expect(
      found == [
        HoleComponent(box: PixelRect(x: 0, y: 0, width: 3, height: 2), area: 3),
        HoleComponent(box: PixelRect(x: 5, y: 0, width: 1, height: 2), area: 2),
        HoleComponent(box: PixelRect(x: 0, y: 3, width: 3, height: 3), area: 7),
        HoleComponent(box: PixelRect(x: 4, y: 3, width: 2, height: 1), area: 2),
        HoleComponent(box: PixelRect(x: 5, y: 5, width: 1, height: 1), area: 1),
      ])
    #expect(
      mask.components(limit: 4) == [HoleComponent(box: try #require(mask.boundingBox), area: 15)])
  }

  @Test func `components agree with a flood fill`() throws {
    var generator = SeededGenerator(12)
    for round in 0..<40 {
      let mask = try Mask.random(
        width: 23, height: 19, share: [0.1, 0.4, 0.6][round % 3], using: &generator)
      let flooded = Self.flood(mask)
      let found = mask.components().map(\.area).sorted()
      #expect(found == flooded)
    }
  }

  /// Sizes of 8-connected holes.
  static func flood(_ mask: Mask) -> [Int] {
    var open = Set(mask.coverage.indices.filter { mask.coverage[$0] != 0 })
    var sizes: [Int] = []
    while let start = open.popFirst() {
      var stack = [start]
      var size = 0
      while let index = stack.popLast() {
        size += 1
        let (x, y) = (index % mask.width, index / mask.width)
        for (nx, ny) in [-1, 0, 1].flatMap({ dy in [-1, 0, 1].map { (x + $0, y + dy) } })
        where nx >= 0 && nx < mask.width && ny >= 0 && ny < mask.height {
          if open.remove(ny * mask.width + nx) != nil { stack.append(ny * mask.width + nx) }
        }
      }
      sizes.append(size)
    }
    return sizes.sorted()
  }

  @Test func `near holes share a box, far ones do not`() throws {
    let mask = try Mask(drawn: [
      "#..#........#",
      ".............",
      ".............",
      "............#",
    ])
    #expect(mask.holeGroups(margin: 0).count == 4)
    #expect(
      mask.holeGroups(margin: 2) == [
        PixelRect(x: 0, y: 0, width: 4, height: 1), PixelRect(x: 12, y: 0, width: 1, height: 4),
      ])
    #expect(mask.holeGroups(margin: 100) == [PixelRect(x: 0, y: 0, width: 13, height: 4)])
    #expect(mask.holeGroups(margin: 0, limit: 2) == [PixelRect(x: 0, y: 0, width: 13, height: 4)])
  }

  @Test func `a canvas grows and the new border is the hole`() throws {
    var generator = SeededGenerator(9)
    for (channels, depth) in [(3, 8), (4, 8), (3, 16), (4, 16)] {
      let picture = try Picture.random(
        width: 5, height: 4, channels: channels, depth: depth, using: &generator)
      let expansion = Expansion(left: 2, top: 0, right: 1, bottom: 3)
      let grown = try picture.expanded(by: expansion)
      let mask = try Mask.border(expansion, width: 5, height: 4)
      #expect(grown.width == 8 && grown.height == 7)
      #expect(mask.width == 8 && mask.height == 7 && mask.count == 8 * 7 - 5 * 4)
      let samples = grown.samples
      for y in 0..<7 {
        for x in 0..<8 {
          let pixel = Array(samples[(y * 8 + x) * channels..<(y * 8 + x + 1) * channels])
          if mask[x, y] == 0 {
            let old = (y * 5 + x - 2) * channels
            #expect(pixel == Array(picture.samples[old..<old + channels]))
          } else if channels == 4 {
            #expect(pixel[3] == (depth == 8 ? 255 : 65_535))
          }
        }
      }
    }
  }

  @Test func `impossible canvases are refused`() {
    let limits = ImageLimits(maxPixels: 100, maxSide: 50)
    for expansion in [
      Expansion(), Expansion(left: -1), Expansion(left: Int.max, right: Int.max),
      Expansion(top: 8), Expansion(right: 51),
    ] {
      #expect(throws: ImagingError.self) {
        try expansion.canvas(width: 10, height: 5, limits: limits)
      }
    }
    #expect(throws: ImagingError.emptyMask(.border)) {
      try Mask.border(Expansion(), width: 10, height: 5)
    }
  }

  @Test func `an old hole stays a hole on the grown canvas`() throws {
    let inner = try Mask(drawn: ["#.", ".."])
    let mask = try Mask.border(Expansion(right: 1), width: 2, height: 2, inner: inner)
    #expect(mask.coverage == [255, 0, 255, 0, 0, 255])
  }
}
