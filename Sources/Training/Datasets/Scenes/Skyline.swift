extension Landscape {
  /// Houses along a street, the far ones paler.
  func drawSkyline(_ picture: inout DrawnPicture) {
    var choices = random.stream(10)
    drawRow(&picture, heights: 0.25...0.5, haze: 0.55, &choices)
    drawRow(&picture, heights: 0.14...0.38, haze: 0.1, &choices)
  }

  private func drawRow(
    _ picture: inout DrawnPicture, heights: ClosedRange<Float>, haze: Float,
    _ random: inout SplitMix
  ) {
    let unit = Float(side)
    var left = -random.float(0...0.1) * unit
    while left < unit {
      let width = random.float(0.12...0.26) * unit
      let top = Float(horizon) - random.float(heights) * unit
      let palette = [
        RGB(0.70, 0.46, 0.36), RGB(0.78, 0.70, 0.58), RGB(0.56, 0.58, 0.62), RGB(0.66, 0.62, 0.50),
        RGB(0.50, 0.40, 0.36),
      ]
      let wall = random.near(palette[random.index(palette.count)], by: 0.15)
      drawHouse(&picture, left: left, width: width, top: top, wall: wall, haze: haze, &random)
      left += width + (random.chance(0.3) ? random.float(0...0.03) * unit : 0)
    }
  }

  private func drawHouse(
    _ picture: inout DrawnPicture, left: Float, width: Float, top: Float, wall: RGB, haze: Float,
    _ random: inout SplitMix
  ) {
    let light = sky.light.ground * 0.86
    let columns = max(2, Int(width / Float(side) * 22))
    let pitch = width / Float(columns)
    let seed = random.stream(Int(left * 8) &+ 7)
    let (first, last) = (max(0, Int(left)), min(side, Int(left + width)))
    guard first < last, horizon > Int(top) else { return }
    for y in max(0, Int(top))..<min(horizon + 1, side) {
      for x in first..<last {
        let (u, v) = ((Float(x) - left) / pitch, (Float(y) - top) / (pitch * 1.25))
        let (column, row) = (Int(u), Int(v))
        let isWindow =
          u - Float(column) > 0.25 && u - Float(column) < 0.8 && v - Float(row) > 0.3
          && v - Float(row) < 0.8
        var cell = seed.stream(row * 64 + column)
        var colour = wall * light * (x - first < 1 ? 0.8 : 1)
        if isWindow {
          let isLit = daylight == .night || daylight == .sunset ? cell.chance(0.4) : false
          colour =
            isLit
            ? RGB(0.96, 0.82, 0.46) : mix(RGB(0.20, 0.25, 0.32) * light, sky.middle, 0.25)
        }
        picture[x, y] = mix(colour, sky.haze, haze)
      }
    }
  }
}
