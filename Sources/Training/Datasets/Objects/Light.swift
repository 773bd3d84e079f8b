/// The light of a scene; the three colours add up to about 1 on a lit surface.
struct Light: Sendable, Hashable {
  /// Towards the light; x to the right, y up, z to the viewer; of length 1.
  var direction: RGB
  /// Of the sun or the lamp.
  var key: RGB
  /// From above and from below.
  var sky: RGB
  var bounce: RGB
  /// How dark a cast shadow is, 0...1.
  var shadow: Float

  init(towards direction: RGB, key: RGB, sky: RGB, bounce: RGB, shadow: Float) {
    let length = dot(direction, direction).squareRoot()
    self.direction = direction * (1 / max(length, 1e-6))
    self.key = key
    self.sky = sky
    self.bounce = bounce
    self.shadow = shadow
  }

  /// What reaches a level ground.
  var ground: RGB { sky + key * max(0, direction.y * 0.8 + 0.2) }
}
