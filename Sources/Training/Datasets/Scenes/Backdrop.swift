internal import Imaging

/// A scene without its objects: drawn from its numbers alone, or cut from a photograph.
struct Backdrop: Sendable {
  var kind: SceneKind
  var daylight: Daylight
  /// Everything else is drawn from here.
  var random: SplitMix
  /// The place and mirroring of a photograph's crop; nil for what is drawn.
  var crop: PhotographCrop?

  /// The row at which the ground begins, in parts of the height; nil for flat pictures.
  var horizon: Float? {
    guard SceneKind.landscapes.contains(kind) else { return nil }
    var random = random.stream(0)
    switch kind {
    case .room: return random.float(0.5...0.66)
    case .street: return random.float(0.52...0.64)
    case .beach: return random.float(0.32...0.5)
    case .sea: return random.float(0.34...0.6)
    default: return random.float(0.38...0.62)
    }
  }

  /// From where on, in parts of the height, things stand on dry ground.
  var ground: Float? {
    horizon.map { kind == .beach ? $0 + Backdrop.shore : $0 }
  }

  /// The strip of sea behind a beach is never higher.
  static let shore: Float = 0.23
}

/// A picture that is being drawn, `[side, side, 3]`.
struct DrawnPicture {
  let side: Int
  var pixels: [Float]

  init(side: Int) {
    self.side = side
    pixels = [Float](repeating: 0, count: side * side * 3)
  }

  /// Calls `body` for every pixel of some rows and stores what it returns.
  @inline(__always)
  mutating func fill(_ rows: Range<Int>, _ body: (_ x: Int, _ y: Int) -> RGB) {
    let side = side
    pixels.withUnsafeMutableBufferPointer { pixels in
      for y in rows.clamped(to: 0..<side) {
        for x in 0..<side {
          let colour = body(x, y)
          let at = (y * side + x) * 3
          (pixels[at], pixels[at + 1], pixels[at + 2]) = (colour.x, colour.y, colour.z)
        }
      }
    }
  }

  @inline(__always)
  subscript(x: Int, y: Int) -> RGB {
    get {
      let at = (y * side + x) * 3
      return RGB(pixels[at], pixels[at + 1], pixels[at + 2])
    }
    set {
      let at = (y * side + x) * 3
      (pixels[at], pixels[at + 1], pixels[at + 2]) = (newValue.x, newValue.y, newValue.z)
    }
  }

  /// The picture in 256 levels, as a file would hold it.
  func finished() -> FloatImage {
    var image = FloatImage(repeating: 0, width: side, height: side, channels: 3)
    image.pixels = pixels
    image.quantise()
    return image
  }
}

extension FloatImage {
  /// Rounds to the 256 levels of a file, so that a picture is the same from memory and from disk.
  mutating func quantise() {
    for index in pixels.indices {
      let level = Int32(min(1, max(0, pixels[index])) * 255 + 0.5)
      pixels[index] = Float(level) / 255
    }
  }
}
