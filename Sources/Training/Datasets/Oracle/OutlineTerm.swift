import Imaging

/// The slope of the brightness across the object's true outline, in the render's direction, as a
/// share of the render's own, at most 1.
enum OutlineTerm {
  static func score(_ luma: Plane, _ target: Plane, instance: Mask, hole: Mask) -> Double {
    var (given, wanted) = (0.0, 0.0)
    forEachBorderPixel(instance, hole) { x, y in
      let (slope, reference) = (luma.gradient(x, y), target.gradient(x, y))
      let length = (reference.x * reference.x + reference.y * reference.y).squareRoot()
      guard length > 1e-6 else { return }
      // What points another way than the render's edge is no edge of this object.
      let along = (slope.x * reference.x + slope.y * reference.y) / length
      given += Double(min(max(along, 0), length))
      wanted += Double(length)
    }
    return wanted > 0 ? given / wanted : 1
  }

  /// Pixels of the object with a neighbour that is not, both in the hole.
  private static func forEachBorderPixel(
    _ instance: Mask, _ hole: Mask, _ body: (_ x: Int, _ y: Int) -> Void
  ) {
    instance.forEachPixel { x, y in
      let isBorder = [(1, 0), (-1, 0), (0, 1), (0, -1)].contains { step in
        let (nx, ny) = (x + step.0, y + step.1)
        guard (0..<instance.width).contains(nx), (0..<instance.height).contains(ny) else {
          return false
        }
        return instance[nx, ny] == 0 && hole[nx, ny] != 0
      }
      if isBorder { body(x, y) }
    }
  }
}
