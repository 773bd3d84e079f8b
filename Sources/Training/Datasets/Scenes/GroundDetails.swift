/// Tufts of grass and stones on a ground, larger towards the viewer.
struct GroundDetails {
  let landscape: Landscape
  private var side: Int { landscape.side }

  func draw(_ picture: inout DrawnPicture) {
    var random = landscape.random.stream(11)
    switch landscape.kind {
    case .meadow, .mountains:
      let count = random.integer(20...150)
      for _ in 0..<count { drawTuft(&picture, &random) }
    case .desert, .beach, .snow:
      let count = random.integer(0...26)
      for _ in 0..<count { drawStone(&picture, &random) }
    default: break
    }
  }

  /// A place on the ground and the scale of things there, 0 far and 1 at the lower edge.
  private func place(_ random: inout SplitMix) -> (x: Float, y: Float, scale: Float) {
    let far = random.float(0...1)
    let scale = 0.12 + 0.88 * far * far
    // A beach begins behind its strip of sea.
    let strip = landscape.kind == .beach ? Float(side) * (Backdrop.shore + 0.04) : 0
    let top = Float(landscape.horizon) + strip
    let height = max(1, Float(side) - top)
    return (random.float(0...1) * Float(side), top + height * scale, scale)
  }

  private func drawTuft(_ picture: inout DrawnPicture, _ random: inout SplitMix) {
    let (x, y, scale) = place(&random)
    let length = Float(side) * 0.05 * scale
    let tone = random.float(0.65...1.3)
    let blade = random.near(RGB(0.34, 0.52, 0.16), by: 0.15) * tone * landscape.sky.light.ground
    let blades = random.integer(3...5)
    for number in 0..<blades {
      let lean = (Float(number) / Float(blades - 1) - 0.5) * 1.1 + random.float(-0.15...0.15)
      let steps = max(2, Int(length * 1.4))
      for step in 0..<steps {
        let part = Float(step) / Float(steps)
        paint(
          &picture, x + lean * length * part * (0.4 + part * 0.6), y - length * part, blade,
          0.75 * (1 - part * 0.6))
      }
    }
  }

  private func drawStone(_ picture: inout DrawnPicture, _ random: inout SplitMix) {
    let (x, y, scale) = place(&random)
    let radius = Float(side) * random.float(0.006...0.02) * scale + 0.4
    let sky = landscape.sky
    let stone =
      random.near(landscape.kind == .snow ? RGB(0.5, 0.5, 0.55) : RGB(0.55, 0.47, 0.40), by: 0.2)
    for row in Int(y - radius)...Int(y + radius * 0.6) + 1 {
      for column in Int(x - radius * 1.5)...Int(x + radius * 1.5) + 1 {
        let (dx, dy) = ((Float(column) + 0.5 - x) / 1.5, Float(row) + 0.5 - y)
        let distance = (dx * dx + dy * dy * 1.4).squareRoot() - radius
        let up = ExactMath.unit(0.5 - dy / radius * 0.5)
        let lit = stone * (sky.light.ground * (0.45 + 0.6 * up))
        paint(&picture, Float(column), Float(row), lit, ExactMath.unit(0.5 - distance))
      }
    }
  }

  private func paint(
    _ picture: inout DrawnPicture, _ x: Float, _ y: Float, _ colour: RGB, _ share: Float
  ) {
    let (column, row) = (Int(x), Int(y))
    guard x >= 0, y >= 0, column < side, row < side else { return }
    picture[column, row] = mix(picture[column, row], colour, share)
  }
}
