package import Imaging
package import Models

extension JudgeView {
  /// The square's side, of the hole's longer one.
  private static let scale = 1.5
  /// What the square's side is at least, of the picture's shorter side: a hole of a few pixels is
  /// judged in surroundings that say something.
  private static let least = 0.25

  /// The parts of a picture that are looked at, the whole one first, the same in training and in use.
  ///
  /// The square is centred on the hole and pushed inside; where the picture is narrower than the
  /// square, the frame is as wide as the picture. It always contains the hole.
  /// - Parameters:
  ///   - hole: the hole's bounding box in pixels, inside the picture; `nil` where nothing is known of it.
  ///   - width: the picture's, in pixels.
  ///   - height: the same.
  /// - Returns: as many as `frames`; where no hole is known, each is all of the picture.
  package func frames(around hole: PixelRect?, width: Int, height: Int) -> [PixelRect] {
    let whole = PixelRect(x: 0, y: 0, width: width, height: height)
    let square = hole.map { Self.square(around: $0, width: width, height: height) } ?? whole
    return switch self {
    case .picture: [whole]
    case .hole: [square]
    case .both: [whole, square]
    }
  }

  private static func square(around hole: PixelRect, width: Int, height: Int) -> PixelRect {
    let longer = Double(max(hole.width, hole.height))
    let wanted = max(longer * scale, Double(min(width, height)) * least)
    let side = Int(wanted.rounded())
    let columns = span(hole.x, hole.width, side: side, limit: width)
    let rows = span(hole.y, hole.height, side: side, limit: height)
    return PixelRect(
      x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
  }

  /// `side` pixels around a stretch of the hole, pushed inside `0 ..< limit`.
  private static func span(_ start: Int, _ length: Int, side: Int, limit: Int) -> Range<Int> {
    let size = min(limit, max(length, side))
    let first = min(max(0, start - (size - length) / 2), limit - size)
    return first..<first + size
  }
}
