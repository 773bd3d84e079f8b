/// The sky of a daylight: colours from the zenith to the horizon, and the light that it gives.
struct Sky: Sendable {
  let zenith: RGB
  let middle: RGB
  let horizon: RGB
  let cloud: RGB
  let cloudShade: RGB
  let light: Light
  /// What distance fades to.
  let haze: RGB

  init(_ daylight: Daylight, random: inout SplitMix) {
    let side: Float = random.chance(0.5) ? 1 : -1
    let across = side * random.float(0.25...0.9)
    switch daylight {
    case .day: self = Self.day(across, &random)
    case .overcast: self = Self.overcast(across, &random)
    case .sunset: self = Self.sunset(across, &random)
    case .night: self = Self.night(across, &random)
    }
  }

  private init(
    _ zenith: RGB, _ middle: RGB, _ horizon: RGB, cloud: RGB, shade: RGB, haze: RGB, light: Light
  ) {
    (self.zenith, self.middle, self.horizon) = (zenith, middle, horizon)
    (cloudShade, self.cloud, self.haze, self.light) = (shade, cloud, haze, light)
  }

  private static func day(_ across: Float, _ random: inout SplitMix) -> Sky {
    let zenith = random.near(RGB(0.20, 0.44, 0.82), by: 0.18)
    let horizon = random.near(RGB(0.72, 0.85, 0.95), by: 0.06)
    return Sky(
      zenith, mix(zenith, horizon, 0.5), horizon, cloud: RGB(0.98, 0.98, 0.98),
      shade: RGB(0.76, 0.80, 0.86), haze: RGB(0.66, 0.77, 0.90),
      light: Light(
        towards: RGB(across, random.float(0.7...1.1), random.float(0.4...0.8)),
        key: RGB(0.74, 0.70, 0.62), sky: RGB(0.44, 0.48, 0.56), bounce: RGB(0.26, 0.25, 0.22),
        shadow: 0.55))
  }

  private static func overcast(_ across: Float, _ random: inout SplitMix) -> Sky {
    let level = random.float(0.86...1.06)
    return Sky(
      RGB(0.58, 0.62, 0.68) * level, RGB(0.68, 0.71, 0.75) * level, RGB(0.79, 0.81, 0.83) * level,
      cloud: RGB(0.84, 0.86, 0.88) * level, shade: RGB(0.55, 0.58, 0.63) * level,
      haze: RGB(0.72, 0.75, 0.78) * level,
      light: Light(
        towards: RGB(across * 0.4, 1, 0.7), key: RGB(0.24, 0.24, 0.24) * level,
        sky: RGB(0.66, 0.68, 0.71) * level, bounce: RGB(0.28, 0.28, 0.28) * level, shadow: 0.28))
  }

  private static func sunset(_ across: Float, _ random: inout SplitMix) -> Sky {
    let warm = random.float(0...1)
    return Sky(
      mix(RGB(0.22, 0.20, 0.44), RGB(0.28, 0.34, 0.60), warm),
      mix(RGB(0.74, 0.36, 0.42), RGB(0.88, 0.58, 0.46), warm),
      mix(RGB(0.98, 0.60, 0.28), RGB(1.00, 0.76, 0.42), warm),
      cloud: mix(RGB(0.98, 0.62, 0.46), RGB(0.99, 0.74, 0.60), warm), shade: RGB(0.46, 0.30, 0.44),
      haze: RGB(0.78, 0.50, 0.44),
      light: Light(
        towards: RGB(across * 1.5, random.float(0.3...0.55), random.float(0.3...0.6)),
        key: RGB(0.78, 0.48, 0.26), sky: RGB(0.42, 0.36, 0.44), bounce: RGB(0.28, 0.20, 0.18),
        shadow: 0.5))
  }

  private static func night(_ across: Float, _ random: inout SplitMix) -> Sky {
    let level = random.float(0.8...1.3)
    return Sky(
      RGB(0.02, 0.03, 0.10) * level, RGB(0.06, 0.08, 0.19) * level, RGB(0.13, 0.17, 0.32) * level,
      cloud: RGB(0.20, 0.23, 0.36) * level, shade: RGB(0.07, 0.09, 0.18) * level,
      haze: RGB(0.11, 0.14, 0.26) * level,
      light: Light(
        towards: RGB(across, 0.9, random.float(0.3...0.7)), key: RGB(0.30, 0.34, 0.46),
        sky: RGB(0.22, 0.25, 0.36), bounce: RGB(0.12, 0.13, 0.17), shadow: 0.4))
  }

  /// The clear sky at a height, 0 at the horizon and 1 at the top.
  @inline(__always)
  func colour(_ height: Float) -> RGB {
    height < 0.35
      ? mix(horizon, middle, height * (1 / 0.35))
      : mix(middle, zenith, (height - 0.35) * (1 / 0.65))
  }
}
