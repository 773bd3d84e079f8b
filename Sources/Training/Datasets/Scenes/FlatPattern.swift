/// Pictures without depth: overlapping shapes ("dead leaves") and tilings.
///
/// Source of the first: Baradad et al. 2021, "Learning to See by Looking at Noise": power-law radii
/// give the statistics of natural pictures.
struct FlatPattern {
  let side: Int
  let random: SplitMix
  let light: Light

  init(_ backdrop: Backdrop, side: Int) {
    self.side = side
    random = backdrop.random
    var choices = backdrop.random.stream(1)
    let across = (choices.chance(0.5) ? 1 : -1) * choices.float(0.3...0.8)
    light = Light(
      towards: RGB(across, 0.7, 0.8), key: RGB(0.55, 0.53, 0.50), sky: RGB(0.50, 0.50, 0.52),
      bounce: RGB(0.34, 0.33, 0.32), shadow: 0.5)
  }

  // MARK: Leaves

  func leaves() -> DrawnPicture {
    var random = random.stream(2)
    let palette = (0..<6).map { _ in
      RGB(random.float(0.08...0.95), random.float(0.08...0.95), random.float(0.08...0.95))
    }
    let muted = random.float(0.1...0.7)
    let grain = SmoothNoise.field(
      width: side, height: side, cells: (5, 5), octaves: 6, gain: 0.75,
      random: self.random.stream(3))
    var picture = DrawnPicture(side: side)
    let base = palette[0]
    picture.fill(0..<side) { x, y in base * (1 + 0.08 * grain[y * side + x]) }
    let sides = random.index(3)
    for step in 0..<420 {
      // Large ones first would be hidden; the small ones' number grows as 1/r^3.
      let share = random.float(0...1)
      let radius = Float(side) * 0.024 / (1 - share * 0.9955).squareRoot()
      let colour = random.near(palette[random.index(palette.count)], by: 0.3)
      let grey = dot(colour, RGB(0.3, 0.59, 0.11))
      drawLeaf(
        &picture, radius: min(radius, Float(side) * 0.36),
        colour: mix(colour, RGB(repeating: grey), muted),
        corners: sides == 0 || sides == 2 && step % 2 == 0 ? 0 : random.integer(3...6), grain,
        &random)
    }
    return picture
  }

  private func drawLeaf(
    _ picture: inout DrawnPicture, radius: Float, colour: RGB, corners: Int, _ grain: [Float],
    _ random: inout SplitMix
  ) {
    let (cx, cy) = (random.float(0...1) * Float(side), random.float(0...1) * Float(side))
    let shape: Shape =
      corners == 0
      ? .oval(0, 0, radius, radius * random.float(0.6...1), turned: random.float(0...1))
      : .turned(.regular(0, 0, sides: corners, radius), random.float(0...1), .zero)
    let (x0, y0) = (max(0, Int(cx - radius - 1)), max(0, Int(cy - radius - 1)))
    let (x1, y1) = (min(side, Int(cx + radius + 2)), min(side, Int(cy + radius + 2)))
    guard x0 < x1, y0 < y1 else { return }
    let grid = SampleGrid(
      width: x1 - x0, height: y1 - y0, origin: SIMD2(Float(x0) + 0.5 - cx, cy - Float(y0) - 0.5),
      right: SIMD2(1, 0), down: SIMD2(0, -1))
    let distances = shape.distances(on: grid)
    let slant = SIMD2<Float>(random.float(-0.2...0.2), random.float(-0.2...0.2)) / radius
    let texture = random.float(0...0.14)
    for row in 0..<grid.height {
      for column in 0..<grid.width {
        let distance = distances[row * grid.width + column]
        guard distance < 3 else { continue }
        let (x, y) = (x0 + column, y0 + row)
        let shade = 1 + slant.x * (Float(x) - cx) + slant.y * (Float(y) - cy)
        let lit = colour * (shade * (1 + texture * grain[y * side + x]))
        let under = picture[x, y] * (distance > 0 ? 0.8 + 0.0667 * distance : 0.8)
        picture[x, y] = mix(under, lit, ExactMath.unit(0.5 - distance))
      }
    }
  }

  // MARK: Tiles

  func tiles() -> DrawnPicture {
    var random = random.stream(2)
    let turns = random.chance(0.5) ? 0 : random.float(0...1)
    let (cosine, sine) = (ExactMath.cosine(turns: turns), ExactMath.sine(turns: turns))
    let size = Float(side) * random.float(0.08...0.3)
    let isBrick = random.chance(0.4)
    let base = random.near(
      RGB(random.float(0.2...0.9), random.float(0.2...0.85), random.float(0.2...0.85)), by: 0.1)
    let second = random.chance(0.5) ? random.near(RGB(0.85, 0.83, 0.78), by: 0.15) : base
    let joint = base * random.float(0.35...0.7)
    let variety = random.float(0.02...0.14)
    let cells = self.random.stream(5)
    let grain = SmoothNoise.field(
      width: side, height: side, cells: (6, 6), octaves: 6, gain: 0.8, random: self.random.stream(3)
    )
    let roughness = random.float(0.01...0.09)
    let (shiftX, shiftY) = (random.float(40...60), random.float(40...60))
    let edge = 1.2 / size
    var picture = DrawnPicture(side: side)
    picture.fill(0..<side) { x, y in
      let (px, py) = (Float(x) / size, Float(y) / size)
      let v = (px * sine + py * cosine) * (isBrick ? 2 : 1) + shiftY
      let row = Int(v)
      let u = px * cosine - py * sine + shiftX + (isBrick && row & 1 == 1 ? 0.5 : 0)
      let column = Int(u)
      let (fu, fv) = (u - Float(column), v - Float(row))
      let border = min(min(fu, 1 - fu), min(fv, 1 - fv) * (isBrick ? 0.5 : 1))
      var cell = cells.stream(row * 512 + column)
      let tone = (row + column) & 1 == 0 ? base : second
      let lit = tone * (1 + cell.float(-variety...variety))
      let rim = border < edge * 2.4 ? (fu < 0.5 && fv < 0.5 ? 1.1 : 0.9) : Float(1)
      let colour = mix(joint, lit * rim, ExactMath.smoothstep(edge * 0.5, edge * 1.5, border))
      return colour * (1 + roughness * grain[y * side + x])
    }
    return picture
  }
}
