internal import Imaging

/// Lays sprites into a scene's light.
struct SpriteRenderer {
  let light: Light

  /// Sprites come shaded: their colours are only brightened and tinted as the scene is.
  func layer(_ sprite: SpritePack.Sprite, _ object: PlacedObject) -> ObjectLayer {
    let (width, height) = (max(1, Int(object.width + 0.5)), max(1, Int(object.height + 0.5)))
    let scaled =
      (try? sprite.pixels.resized(width: width, height: height, filter: .bilinear)) ?? sprite.pixels
    let rect = PixelRect(
      x: Int((object.x - Float(scaled.width) / 2).rounded()),
      y: Int(object.base.rounded()) - scaled.height, width: scaled.width, height: scaled.height)
    let count = rect.width * rect.height
    var layer = ObjectLayer(
      rect: rect, colour: [Float](repeating: 0, count: count * 3),
      coverage: [Float](repeating: 0, count: count))
    for row in 0..<rect.height {
      let level =
        light.key * 0.62 + mix(light.bounce, light.sky, 1 - 0.5 * Float(row) / Float(rect.height))
      let gain = level.clamped(lowerBound: .zero, upperBound: RGB(repeating: 1.15))
      for column in 0..<rect.width {
        let source = row * rect.width + (object.isMirrored ? rect.width - 1 - column : column)
        let target = row * rect.width + column
        let alpha = scaled.pixels[source * 4 + 3]
        layer.coverage[target] = alpha
        for channel in 0..<3 {
          layer.colour[target * 3 + channel] = min(
            alpha, scaled.pixels[source * 4 + channel] * gain[channel])
        }
      }
    }
    return layer
  }
}
