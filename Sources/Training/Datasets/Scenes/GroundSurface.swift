/// The look of a ground at a point, from its noises and its distance.
struct GroundSurface {
  private let kind: SceneKind
  private let sky: Sky
  private let colour: RGB
  private let waterColour: RGB
  private let light: RGB
  /// Rows of a beach that are sea.
  private let shore: Float
  /// How much faster the grain changes in depth than across.
  let stretch: Float

  init(_ landscape: Landscape, colour: RGB) {
    kind = landscape.kind
    sky = landscape.sky
    self.colour = colour
    light = landscape.sky.light.ground
    var random = landscape.random.stream(9)
    shore = random.float(10...26)
    waterColour =
      landscape.kind == .sea ? colour : random.near(RGB(0.10, 0.42, 0.52), by: 0.15)
    switch landscape.kind {
    case .meadow, .mountains: stretch = 1.1
    case .sea: stretch = 3
    case .desert: stretch = 3.4
    default: stretch = 2
    }
  }

  /// - Parameter below: rows under the horizon in a picture of 128.
  @inline(__always)
  func colour(grain: Float, patch: Float, below: Float, u: Float, v: Float) -> RGB {
    let haze = ExactMath.unit(1 - below * 0.05) * 0.45
    switch kind {
    case .sea: return water(grain, patch, below)
    case .beach:
      let line = shore + patch * 1.6
      if below < line - 0.6 { return water(grain, patch, 14 + below * 1.8) }
      let foam = ExactMath.unit(1 - abs(below - line) * 0.6)
      let sand = colour * (1 + 0.05 * grain + 0.03 * patch)
      let wet = mix(sand * 0.74, sand, ExactMath.smoothstep(0, 7, below - line))
      return mix(wet, RGB(0.95, 0.97, 0.98), foam * 0.9) * light
    case .snow:
      let shade = 1 + 0.06 * patch + 0.03 * grain
      return mix(colour * shade * light, sky.haze, haze * 0.7)
    case .desert:
      return mix(colour * (1 + 0.07 * grain + 0.05 * patch) * light, sky.haze, haze * 0.6)
    case .street: return street(grain, patch, below, u, v)
    default:
      let tone = mix(colour, RGB(0.52, 0.56, 0.20), ExactMath.unit(0.3 + 0.25 * patch))
      return mix(tone * (1 + 0.17 * grain) * light, sky.haze, haze)
    }
  }

  /// Near the horizon a mirror of the sky, at one's feet the water's own colour.
  private func water(_ grain: Float, _ patch: Float, _ below: Float) -> RGB {
    let mirror = ExactMath.unit(0.85 - below * 0.011 + 0.12 * grain + 0.05 * patch)
    let deep = waterColour * light
    let water = mix(deep, mix(sky.horizon, sky.middle, 0.5), mirror * 0.75)
    return water + sky.light.key * max(0, grain - 1.1) * 0.22
  }

  private func street(
    _ grain: Float, _ patch: Float, _ below: Float, _ u: Float, _ v: Float
  ) -> RGB {
    if below < 5 { return RGB(0.62, 0.61, 0.58) * (1 + 0.05 * grain) * light }
    if below < 7 { return RGB(0.44, 0.43, 0.42) * light }
    var road = colour * (1 + 0.06 * grain + 0.04 * patch)
    let period = u * 0.02
    let dash = period - period.rounded(.down)
    if below > 24 && below < 27.5 && dash < 0.55 { road = RGB(0.86, 0.84, 0.76) }
    return road * light
  }
}
