/// A wall and a floor.
struct Room {
  let side: Int
  let horizon: Int
  let random: SplitMix
  let light: Light

  init(_ backdrop: Backdrop, side: Int) {
    self.side = side
    horizon = Int((backdrop.horizon ?? 0.55) * Float(side))
    random = backdrop.random
    var choices = backdrop.random.stream(1)
    light = Self.light(&choices)
  }

  private static func light(_ random: inout SplitMix) -> Light {
    let warm = random.float(0...1)
    let across = (random.chance(0.5) ? 1 : -1) * random.float(0.3...0.8)
    return Light(
      towards: RGB(across, 0.9, 0.7), key: mix(RGB(0.52, 0.53, 0.56), RGB(0.62, 0.52, 0.40), warm),
      sky: RGB(0.48, 0.47, 0.46), bounce: RGB(0.30, 0.27, 0.24), shadow: 0.45)
  }

  func draw() -> DrawnPicture {
    var picture = DrawnPicture(side: side)
    drawWall(&picture)
    drawFloor(&picture)
    return picture
  }

  private func drawWall(_ picture: inout DrawnPicture) {
    var choices = random.stream(2)
    let palette = [
      RGB(0.86, 0.82, 0.72), RGB(0.62, 0.72, 0.74), RGB(0.76, 0.60, 0.54), RGB(0.66, 0.72, 0.58),
      RGB(0.84, 0.84, 0.86), RGB(0.56, 0.58, 0.68), RGB(0.88, 0.76, 0.54),
    ]
    let wall = choices.near(palette[choices.index(palette.count)], by: 0.1)
    let other = wall * choices.float(0.86...1.1)
    let pattern: Paint.Pattern =
      switch choices.index(4) {
      case 0: .stripes(0, choices.float(3...7), other)
      case 1: .bricks(choices.float(6...9), wall * 0.8)
      case 2: .dots(choices.float(4...7), 0.16, other)
      default: .plain
      }
    let paint = Paint(wall, pattern)
    let grain = SmoothNoise.field(
      width: side, height: side, cells: (4, 4), octaves: 6, gain: 0.7, random: random.stream(3))
    let lamp = SIMD2<Float>(light.direction.x * 0.8, choices.float(-0.2...0.6))
    let scale = 2 / Float(side)
    let level = light.sky + light.key * 0.62
    picture.fill(0..<horizon) { x, y in
      let (u, v) = (Float(x) * scale - 1, 1 - Float(y) * scale)
      let (dx, dy) = (u - lamp.x, v - lamp.y)
      let near = 1.1 - 0.16 * (dx * dx + dy * dy)
      return paint.colour(u, v) * level * (near * (1 + 0.02 * grain[y * side + x]))
    }
    let skirting = max(2, side / 26)
    let white = choices.near(RGB(0.90, 0.88, 0.84), by: 0.06)
    picture.fill(horizon - skirting..<horizon) { _, y in
      white * level * (y == horizon - skirting ? 1.08 : y == horizon - 1 ? 0.55 : 0.92)
    }
  }

  private func drawFloor(_ picture: inout DrawnPicture) {
    var choices = random.stream(4)
    let wood = choices.near(RGB(0.60, 0.42, 0.26), by: 0.25)
    let isChecked = choices.chance(0.35)
    let dark = choices.near(RGB(0.32, 0.30, 0.32), by: 0.3)
    let plank = random.stream(5)
    let texture = Texture(cells: (2, 24), octaves: 3, gain: 0.7, random: random.stream(6))
    let level = light.sky + light.key * max(0.3, light.direction.y)
    let scale = 128 / Float(side)
    texture.values.withUnsafeBufferPointer { values in
      picture.fill(horizon..<side) { x, y in
        let below = (Float(y - horizon) + 0.7) * scale
        let depth = 46 / (below + 20)
        let (u, v) = (512 + (Float(x) * scale - 64) * depth * 0.09, depth * 11)
        let (column, row) = (Int(u), Int(v))
        let corner = 1 - 0.4 * ExactMath.unit(1 - below * 0.25)
        if isChecked {
          let (s, t) = (Int(u * 0.6), Int(v * 0.8))
          return ((s + t) & 1 == 0 ? RGB(0.86, 0.84, 0.80) : dark) * level * corner
        }
        let gap: Float = u - Float(column) < 0.05 ? 0.6 : 1
        var board = plank.stream(column * 31 + row / 3)
        let grain = Texture.sample(values, texture.size, v * 9, u * 37)
        return wood * (board.float(0.86...1.1) * (1 + 0.07 * grain)) * level * (gap * corner)
      }
    }
  }
}
