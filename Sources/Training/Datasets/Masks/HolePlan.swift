internal import Imaging

/// How the hole of an example is drawn.
struct HolePlan: Sendable {
  var shape: HoleShape
  var random: SplitMix

  init(task: EditTask, random: SplitMix) {
    var choices = random
    switch task {
    case .object:
      shape = [.box, .instance, .combination][choices.choice(weights: [0.5, 0.35, 0.15])]
    case .erase:
      shape = [.box, .instance, .combination][choices.choice(weights: [0.4, 0.45, 0.15])]
    case .outpaint: shape = .sides
    case .strokes:
      shape =
        [.strokes, .squares, .combination, .whole][
          choices.choice(weights: [0.55, 0.27, 0.15, 0.03])]
    }
    self.random = choices
  }

  /// The hole of a picture of the given side.
  /// - Parameter field: what must lie inside, 0...1 a pixel: an object, or one with its shadow.
  func draw(side: Int, around field: [Float]?) throws(ImagingError) -> Mask {
    var random = random
    let drawing = HoleDrawing(width: side, height: side)
    switch shape {
    case .whole: return try drawing.whole().mask()
    case .sides: return try drawing.sides(&random).mask()
    case .squares: return try drawing.squares(&random).mask()
    case .strokes: return try drawing.strokes(&random).mask()
    case .box: return try box(side, field, &random).mask()
    case .instance: return try instance(side, field, &random)
    case .combination:
      var hole: HoleBytes
      if let field {
        let mask = try instance(side, field, &random)
        hole = HoleBytes(side, side, field: mask.coverage.map { Float($0) }, above: 127)
      } else {
        hole = drawing.squares(&random)
      }
      hole.unite(drawing.strokes(&random))
      return try hole.mask()
    }
  }

  /// The box with a margin of its own on each side.
  private func box(
    _ side: Int, _ field: [Float]?, _ random: inout SplitMix
  ) throws(ImagingError) -> HoleBytes {
    var hole = HoleBytes(side, side, 0)
    guard
      let box = try HoleBytes(side, side, field: field ?? [], above: Self.threshold).mask()
        .boundingBox
    else { return HoleDrawing(width: side, height: side).squares(&random) }
    let longer = Float(max(box.width, box.height))
    func margin() -> Int { 1 + Int(longer * random.float(0.02...0.12)) }
    let (left, top, right, bottom) = (margin(), margin(), margin(), margin())
    hole.fill(
      PixelRect(
        x: box.x - left, y: box.y - top, width: box.width + left + right,
        height: box.height + top + bottom), 255)
    return hole
  }

  /// The silhouette, widened at random.
  private func instance(
    _ side: Int, _ field: [Float]?, _ random: inout SplitMix
  ) throws(ImagingError) -> Mask {
    var mask = try HoleBytes(side, side, field: field ?? [], above: Self.threshold).mask()
    mask.grow(by: max(1, Int(Float(side) * random.float(0.015...0.075))))
    return mask
  }

  /// Below it nothing is seen of an object or a shadow in 256 levels of a common contrast.
  private static let threshold: Float = 0.004
}
