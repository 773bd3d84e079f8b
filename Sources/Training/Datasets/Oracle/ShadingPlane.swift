import Imaging

/// Brightness as a plane over a region: its level in the middle and how much it rises over half of
/// the region's extent to the right and downwards.
struct ShadingPlane {
  private(set) var level = 0.0
  private(set) var right = 0.0
  private(set) var down = 0.0

  /// The least-squares fit.
  init(_ luma: Plane, over region: Mask) {
    guard let box = region.boundingBox else { return }
    let half = (x: max(1, Double(box.width) / 2), y: max(1, Double(box.height) / 2))
    let middle = (x: Double(box.x) + half.x - 0.5, y: Double(box.y) + half.y - 0.5)
    var sums = Moments()
    region.forEachPixel { x, y in
      sums.add(
        (Double(x) - middle.x) / half.x, (Double(y) - middle.y) / half.y, Double(luma[x, y]))
    }
    (level, right, down) = sums.plane
  }

  func distance(to other: ShadingPlane) -> Double {
    let (a, b, c) = (level - other.level, right - other.right, down - other.down)
    return (a * a + b * b + c * c).squareRoot()
  }
}

/// Sums for the normal equations of `z = a + b x + c y`.
private struct Moments {
  private var n = 0.0
  private var x = 0.0
  private var y = 0.0
  private var z = 0.0
  private var xx = 0.0
  private var xy = 0.0
  private var yy = 0.0
  private var xz = 0.0
  private var yz = 0.0

  mutating func add(_ x: Double, _ y: Double, _ z: Double) {
    n += 1
    (self.x, self.y, self.z) = (self.x + x, self.y + y, self.z + z)
    (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y)
    (xz, yz) = (xz + x * z, yz + y * z)
  }

  var plane: (level: Double, right: Double, down: Double) {
    guard n > 0 else { return (0, 0, 0) }
    let (mx, my, mz) = (x / n, y / n, z / n)
    let (cxx, cxy, cyy) = (xx / n - mx * mx, xy / n - mx * my, yy / n - my * my)
    let (cxz, cyz) = (xz / n - mx * mz, yz / n - my * mz)
    let determinant = cxx * cyy - cxy * cxy
    // A line of pixels has no slope across it.
    guard determinant > 1e-9 else { return (mz, 0, 0) }
    let right = (cxz * cyy - cyz * cxy) / determinant
    let down = (cyz * cxx - cxz * cxy) / determinant
    return (mz - right * mx - down * my, right, down)
  }
}
