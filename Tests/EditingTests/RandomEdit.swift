import Diffusion
import Imaging

@testable import Editing

/// A picture, a mask and settings by chance, with what may change worked out apart from the editor.
struct RandomEdit {
  let request: EditRequest
  /// What may be edited, of the result's size.
  let allowed: Hole
  /// Where the original lies in the result.
  let offset: (x: Int, y: Int)

  init(_ round: Int, using generator: inout SeededGenerator) {
    let longest = generator.oneIn(6) ? 4 : 96
    let (width, height) = (generator.integer(1...longest), generator.integer(1...longest))
    var request = EditRequest(image: Self.picture(width, height, using: &generator))
    Self.choose(&request, using: &generator)
    request.seed = UInt32(round)
    if request.task == .outpaint {
      (allowed, offset) = Self.expand(&request, width, height, using: &generator)
    } else {
      let hole = Self.hole(width, height, using: &generator)
      request.mask = Self.mask(hole, &request.maskOptions, using: &generator)
      allowed = hole.grown(by: request.maskOptions.grow, request.maskOptions.growShape)
      offset = (0, 0)
    }
    self.request = request
  }

  /// Noise in a random kind of PNG.
  private static func picture(
    _ width: Int, _ height: Int, using generator: inout SeededGenerator
  ) -> [UInt8] {
    let kind = TinyPNG.Kind.allCases.randomElement(using: &generator) ?? .rgb
    let depth = kind != .palette && generator.oneIn(3) ? 16 : 8
    let count = width * height * kind.channels * depth / 8
    var png = TinyPNG(width: width, height: height, kind: kind, depth: depth, samples: [])
    png.samples = (0..<count).map { _ in generator.byte() }
    png.palette = (0..<768).map { _ in generator.byte() }
    return png.bytes
  }

  private static func choose(
    _ request: inout EditRequest, using generator: inout SeededGenerator
  ) {
    request.prompt = ["a red balloon", "", "tree"].randomElement(using: &generator) ?? ""
    request.task = EditTask.allCases.randomElement(using: &generator) ?? .inpaint
    request.steps = 2
    request.guidanceScale = generator.oneIn(2) ? 1 : 3
    request.strength = generator.oneIn(4) ? 0.6 : 1
    request.sampler = SamplerKind.allCases.randomElement(using: &generator)
    request.resolution = [16, 32, 64, 104].randomElement(using: &generator)
    request.context =
      [.automatic, .full, .fraction(0), .fraction(0.2), .fraction(4)]
      .randomElement(using: &generator) ?? .full
    request.holeFill = HoleFill.allCases.randomElement(using: &generator)
    request.maskReduction = generator.oneIn(3) ? .nearest : .max
    request.repairsSeams = !generator.oneIn(4)
    request.feather = generator.oneIn(2) ? 0 : generator.integer(1...6)
    request.output.carriesProvenance = generator.oneIn(2)
  }

  private static func expand(
    _ request: inout EditRequest, _ width: Int, _ height: Int,
    using generator: inout SeededGenerator
  ) -> (Hole, (x: Int, y: Int)) {
    var sides = (0..<4).map { _ in generator.oneIn(2) ? 0 : generator.integer(1...24) }
    if sides.allSatisfy({ $0 == 0 }) { sides[generator.integer(0...3)] = 1 }
    request.expansion = Expansion(
      left: sides[0], top: sides[1], right: sides[2], bottom: sides[3])
    var border = Hole(
      width: sides[0] + width + sides[2], height: sides[1] + height + sides[3], all: true)
    for y in sides[1]..<sides[1] + height {
      for x in sides[0]..<sides[0] + width { border.keep(x, y) }
    }
    return (border, (sides[0], sides[1]))
  }

  /// Boxes, strokes, dots, frames, all of it or a single pixel.
  private static func hole(
    _ width: Int, _ height: Int, using generator: inout SeededGenerator
  ) -> Hole {
    var hole = Hole(width: width, height: height, all: generator.oneIn(20))
    hole.mark(generator.integer(0...width - 1), generator.integer(0...height - 1))
    for _ in 0..<generator.integer(0...4) {
      let (x, y) = (generator.integer(0...width - 1), generator.integer(0...height - 1))
      switch generator.integer(0...3) {
      case 0:
        let (w, h) = (generator.integer(1...30), generator.integer(1...30))
        for row in y..<y + h { for column in x..<x + w { hole.mark(column, row) } }
      case 1: hole.stroke(x, y, using: &generator)
      case 2:
        for _ in 0..<40 {
          hole.mark(generator.integer(0...width - 1), generator.integer(0...height - 1))
        }
      default:
        for column in 0..<width { hole.mark(column, generator.oneIn(2) ? 0 : height - 1) }
        for row in 0..<height { hole.mark(width - 1, row) }
      }
    }
    return hole
  }

  /// The hole as a mask of some kind, with noise on the values that mean the same.
  private static func mask(
    _ hole: Hole, _ options: inout MaskOptions, using generator: inout SeededGenerator
  ) -> [UInt8] {
    options.inverts = generator.oneIn(3)
    options.grow = generator.oneIn(2) ? 0 : generator.integer(1...3)
    options.growShape = generator.oneIn(2) ? .round : .square
    let isAlpha = generator.oneIn(2)
    // By luma white is edited, by alpha what is transparent.
    let highIsEdited = isAlpha == options.inverts
    let values = hole.isEdited.map {
      $0 == highIsEdited ? generator.byte(128...255) : generator.byte(0...127)
    }
    var png = TinyPNG(width: hole.width, height: hole.height, kind: .grey, samples: values)
    if isAlpha {
      options.semantics = options.inverts || generator.oneIn(2) ? .alpha : .auto
      png.kind = .greyAlpha
      png.samples = values.flatMap { [generator.byte(), $0] }
    } else {
      options.semantics = generator.oneIn(2) ? .luma : .auto
    }
    return png.bytes
  }
}

extension Hole {
  /// A wandering line, one to three pixels wide.
  fileprivate mutating func stroke(_ x: Int, _ y: Int, using generator: inout SeededGenerator) {
    var (x, y) = (x, y)
    for _ in 0..<generator.integer(5...80) {
      mark(x, y)
      if generator.oneIn(2) { mark(x + 1, y) }
      if generator.oneIn(2) { mark(x, y - 1) }
      x += generator.integer(-1...1)
      y += generator.integer(-1...1)
    }
  }

  /// Every pixel that lies within `radius` of the hole, by trying them all.
  fileprivate func grown(by radius: Int, _ shape: MaskOptions.Shape) -> Hole {
    guard radius > 0 else { return self }
    var grown = self
    for y in 0..<height {
      for x in 0..<width where isEdited[y * width + x] {
        for dy in -radius...radius {
          for dx in -radius...radius
          where shape == .square || dx * dx + dy * dy <= radius * radius {
            grown.mark(x + dx, y + dy)
          }
        }
      }
    }
    return grown
  }
}
