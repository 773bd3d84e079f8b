internal import Imaging

/// A scene with sky and ground.
struct Landscape {
  let kind: SceneKind
  let daylight: Daylight
  let sky: Sky
  let side: Int
  /// The first row of the ground.
  let horizon: Int
  let random: SplitMix

  init(_ backdrop: Backdrop, side: Int) {
    kind = backdrop.kind
    daylight = backdrop.daylight
    self.side = side
    var skyRandom = backdrop.random.stream(1)
    sky = Sky(daylight, random: &skyRandom)
    horizon = Int((backdrop.horizon ?? 0.5) * Float(side))
    random = backdrop.random
  }

  func draw() -> DrawnPicture {
    var picture = DrawnPicture(side: side)
    drawSky(&picture)
    switch kind {
    case .mountains: drawMountains(&picture)
    case .meadow, .snow, .desert: drawHills(&picture)
    case .street: drawSkyline(&picture)
    default: break
    }
    drawGround(&picture)
    GroundDetails(landscape: self).draw(&picture)
    return picture
  }

  // MARK: Sky

  private func drawSky(_ picture: inout DrawnPicture) {
    var choices = random.stream(2)
    let rows = max(1, horizon)
    let clouds = SmoothNoise.field(
      width: side, height: side, cells: (choices.integer(2...3), choices.integer(5...8)),
      octaves: 6,
      gain: 0.58, random: random.stream(3))
    let cover = daylight == .overcast ? choices.float(-0.6...0.4) : choices.float(0.2...1.4)
    let strength: Float = daylight == .overcast ? 0.7 : 0.9
    let inverse = 1 / Float(rows)
    let stride = side * 3
    clouds.withUnsafeBufferPointer { clouds in
      picture.fill(0..<horizon + 1) { x, y in
        let height = 1 - Float(y) * inverse
        let clear = sky.colour(height)
        let at = y * (stride / 3) + x
        let thick = ExactMath.smoothstep(cover, cover + 1.1, clouds[at])
        guard thick > 0 else { return clear }
        // Lit from above: darker where the cloud goes on further up.
        let above = clouds[max(0, at - 3 * (stride / 3))]
        let body = mix(
          sky.cloud, sky.cloudShade, ExactMath.unit(0.35 + 0.5 * (above - cover - 0.3)))
        return mix(clear, body, thick * strength * ExactMath.smoothstep(0, 0.3, height))
      }
    }
    if daylight == .night { drawStars(&picture) }
  }

  private func drawStars(_ picture: inout DrawnPicture) {
    var random = random.stream(4)
    for _ in 0..<side / 3 {
      let (x, y) = (random.index(side), random.index(max(1, horizon * 4 / 5)))
      let light = random.float(0.1...0.7)
      picture[x, y] = mix(picture[x, y], RGB(0.95, 0.95, 1), light)
    }
  }

  // MARK: Hills

  private func drawHills(_ picture: inout DrawnPicture) {
    var choices = random.stream(5)
    let layers = choices.integer(0...3)
    for layer in 0..<layers {
      let near = Float(layer + 1) / Float(layers + 1)
      let colour = choices.near(groundColour * mix(0.75, 0.95, near), by: 0.12)
      drawRidge(
        &picture, height: mix(0.3, 0.06, near) * choices.float(0.6...1.2), cells: 2 + layer,
        gain: kind == .desert ? 0.25 : 0.45, colour: colour, haze: mix(0.7, 0.2, near),
        stream: 20 + layer)
    }
    if kind == .meadow && choices.chance(0.5) { drawForest(&picture, choices.float(0.04...0.1)) }
  }

  private func drawMountains(_ picture: inout DrawnPicture) {
    var choices = random.stream(5)
    let rock = choices.near(RGB(0.42, 0.42, 0.46), by: 0.15)
    for layer in 0..<2 {
      drawRidge(
        &picture, height: layer == 0 ? choices.float(0.32...0.45) : choices.float(0.12...0.22),
        cells: 3 + layer, gain: 0.5, colour: layer == 0 ? rock : mix(rock, groundColour, 0.6),
        haze: layer == 0 ? 0.4 : 0.2, snow: layer == 0 ? choices.float(0.35...0.8) : nil,
        isSharp: true, stream: 20 + layer)
    }
    if choices.chance(0.6) { drawForest(&picture, choices.float(0.04...0.08)) }
  }

  /// Everything between a line and the horizon in one colour with its own shading.
  /// - Parameter snow: the part of the height from which snow lies.
  private func drawRidge(
    _ picture: inout DrawnPicture, height: Float, cells: Int, gain: Float, colour: RGB,
    haze: Float, snow: Float? = nil, isSharp: Bool = false, stream: Int
  ) {
    let line = SmoothNoise.line(
      side, cells: cells, octaves: 6, gain: gain, random: random.stream(stream))
    let relief = SmoothNoise.field(
      width: side, height: side, cells: (6, 8), octaves: 5, gain: 0.6,
      random: random.stream(stream + 40))
    let light = sky.light.ground
    let slope = sky.light.direction.x
    for x in 0..<side {
      let value = isSharp ? 1 - abs(line[x]) * 0.8 : 0.55 + 0.4 * line[x]
      let top = Float(horizon) - max(0.04, value) * height * Float(side)
      let ahead = line[min(side - 1, x + 2)] - line[max(0, x - 2)]
      let first = max(0, Int(top))
      guard first <= horizon else { continue }
      for y in first...min(horizon, side - 1) {
        let part = (Float(horizon) - Float(y)) / max(1, Float(horizon) - top)
        let bump = relief[y * side + x]
        var albedo = colour * (1 + 0.1 * bump)
        if let snow {
          let level = part * max(0.3, value) - snow - 0.1 * bump
          albedo = mix(albedo, RGB(0.88, 0.91, 0.96), ExactMath.smoothstep(-0.04, 0.05, level))
        }
        let shade = 0.82 + (isSharp ? 0.3 : 0.12) * (bump * 0.5 - ahead * slope)
        let lit = mix(albedo * light * shade, sky.haze, haze * (1 - 0.3 * part))
        let cover = min(1, Float(y) + 1 - top)
        picture[x, y] = mix(picture[x, y], lit, cover)
      }
    }
  }

  private func drawForest(_ picture: inout DrawnPicture, _ height: Float) {
    drawRidge(
      &picture, height: height, cells: 14, gain: 0.8, colour: RGB(0.10, 0.24, 0.12), haze: 0.22,
      stream: 30)
  }

  // MARK: Ground

  /// The ground in white light.
  var groundColour: RGB {
    var random = random.stream(6)
    switch kind {
    case .meadow, .mountains: return random.near(RGB(0.34, 0.52, 0.17), by: 0.14)
    case .desert: return random.near(RGB(0.84, 0.66, 0.42), by: 0.1)
    case .snow: return RGB(0.80, 0.85, 0.93)
    case .beach: return random.near(RGB(0.88, 0.78, 0.58), by: 0.06)
    case .sea: return random.near(RGB(0.08, 0.32, 0.44), by: 0.2)
    case .street: return random.near(RGB(0.36, 0.36, 0.38), by: 0.1)
    default: return random.near(RGB(0.55, 0.38, 0.24), by: 0.2)
    }
  }

  private func drawGround(_ picture: inout DrawnPicture) {
    let colour = groundColour
    let fine = Texture(cells: (16, 16), octaves: 4, gain: 0.8, random: random.stream(7))
    let broad = Texture(cells: (3, 3), octaves: 3, gain: 0.5, random: random.stream(8))
    let surface = GroundSurface(self, colour: colour)
    let scale = 128 / Float(side)
    fine.values.withUnsafeBufferPointer { fineValues in
      broad.values.withUnsafeBufferPointer { broadValues in
        picture.fill(horizon..<side) { x, y in
          // A level plane seen from above it: depth goes with one over the rows below the horizon.
          let below = (Float(y - horizon) + 0.7) * scale
          let depth = 34 / (below + 3)
          let u = 8192 + (Float(x) * scale - 64) * depth * 0.45
          let v = depth * 38
          let sharp = ExactMath.unit(below * 0.07)
          let grain = Texture.sample(fineValues, fine.size, u * 2.6, v * surface.stretch) * sharp
          let patch = Texture.sample(broadValues, broad.size, u * 0.5, v * 0.5)
          return surface.colour(grain: grain, patch: patch, below: below, u: u, v: v)
        }
      }
    }
  }
}
