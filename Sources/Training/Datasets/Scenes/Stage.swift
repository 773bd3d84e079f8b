internal import Imaging

/// A drawn background and its light.
struct Stage {
  let kind: SceneKind
  let picture: FloatImage
  private let light: Light

  init(_ backdrop: Backdrop, _ generator: SceneGenerator) throws(DatasetError) {
    kind = backdrop.kind
    let side = generator.side
    switch backdrop.kind {
    case .room:
      let room = Room(backdrop, side: side)
      (picture, light) = (room.draw().finished(), room.light)
    case .leaves, .tiles:
      let pattern = FlatPattern(backdrop, side: side)
      picture = (backdrop.kind == .leaves ? pattern.leaves() : pattern.tiles()).finished()
      light = pattern.light
    case .photograph:
      guard let photographs = generator.photographs, let crop = backdrop.crop else {
        throw .invalidSetting(name: "photographs", reason: "none are given; name a folder")
      }
      picture = try photographs.draw(crop, side: side).finished()
      var choices = backdrop.random.stream(1)
      light = Self.guessed(&choices)
    default:
      let landscape = Landscape(backdrop, side: side)
      (picture, light) = (landscape.draw().finished(), landscape.sky.light)
    }
  }

  /// A photograph does not say where its light comes from: from above, on one side.
  private static func guessed(_ random: inout SplitMix) -> Light {
    let across = (random.chance(0.5) ? 1 : -1) * random.float(0.2...0.8)
    return Light(
      towards: RGB(across, 0.9, 0.7), key: RGB(0.52, 0.51, 0.49), sky: RGB(0.50, 0.51, 0.53),
      bounce: RGB(0.28, 0.28, 0.27), shadow: 0.42)
  }

  /// The light on an object; in a photograph as bright and as coloured as the surroundings.
  func light(near object: PlacedObject) -> Light {
    guard kind == .photograph else { return light }
    let (width, height) = (picture.width, picture.height)
    let columns = Int(object.x - object.width * 0.7)..<Int(object.x + object.width * 0.7)
    let rows = Int(object.base - object.height * 1.1)..<Int(object.base + object.height * 0.2)
    var sum = RGB.zero
    var count: Float = 0
    for y in rows.clamped(to: 0..<height) {
      for x in columns.clamped(to: 0..<width) {
        let at = (y * width + x) * 3
        sum += RGB(picture.pixels[at], picture.pixels[at + 1], picture.pixels[at + 2])
        count += 1
      }
    }
    let mean = sum / max(1, count)
    let grey = max(0.03, dot(mean, RGB(0.3, 0.59, 0.11)))
    let level = min(1.15, 0.5 + 0.95 * grey)
    // A quarter of the surroundings' tint, as their light is only in part their colour.
    let tint = mix(RGB.one, mean / grey, 0.25)
    var near = light
    near.key *= tint * level
    near.sky *= tint * level
    near.bounce *= tint * level
    return near
  }
}
