/// The shadow of an object as a field over the picture: 0 = none, 1 = black, `[side, side]`.
struct ObjectShadow {
  let side: Int
  let light: Light

  /// Of an object that stands: where it touches the ground, and its silhouette laid on the ground.
  func standing(_ layer: ObjectLayer, base: Float) -> [Float] {
    var field = [Float](repeating: 0, count: side * side)
    cast(layer, base, into: &field)
    soften(&field, radius: max(1, layer.rect.height / 34))
    contact(layer, base, strength: 0.25 + 0.6 * light.shadow, into: &field)
    return field
  }

  /// Of an object that lies flat on what is seen.
  func lying(_ layer: ObjectLayer) -> [Float] {
    var field = [Float](repeating: 0, count: side * side)
    let reach = Float(max(layer.rect.width, layer.rect.height)) * 0.05
    let (dx, dy) = (Int(-light.direction.x * reach), Int(reach * 0.8))
    for row in 0..<layer.rect.height {
      let y = layer.rect.y + row + dy
      guard (0..<side).contains(y) else { continue }
      for column in 0..<layer.rect.width {
        let x = layer.rect.x + column + dx
        guard (0..<side).contains(x) else { continue }
        field[y * side + x] = layer.coverage[row * layer.rect.width + column] * light.shadow
      }
    }
    soften(&field, radius: max(1, Int(reach * 0.8)))
    return field
  }

  /// Of an object that swims: the water is darker around and below it.
  func swimming(_ layer: ObjectLayer, base: Float) -> [Float] {
    var field = [Float](repeating: 0, count: side * side)
    contact(layer, base, strength: 0.5, flatness: 0.3, into: &field)
    return field
  }

  /// A point at height u over the ground throws its shadow beside and behind its foot.
  private func cast(_ layer: ObjectLayer, _ base: Float, into field: inout [Float]) {
    let steep = max(0.35, light.direction.y)
    let aside = min(1.3, max(-1.3, light.direction.x / steep))
    let behind = max(0.12, min(1, light.direction.z / steep) * 0.34)
    let rect = layer.rect
    let height = base - Float(rect.y)
    guard height > 1 else { return }
    for y in max(0, Int(base - height * behind))..<max(0, min(side, Int(base) + 1)) {
      let up = (base - Float(y)) / behind
      let row = Int(base - up) - rect.y
      guard (0..<rect.height).contains(row) else { continue }
      let fade = light.shadow * (1 - 0.45 * up / height)
      for x in 0..<side {
        let column = Int(Float(x) + up * aside) - rect.x
        guard (0..<rect.width).contains(column) else { continue }
        field[y * side + x] = layer.coverage[row * rect.width + column] * fade
      }
    }
  }

  /// An ellipse under the feet: the part of the object near the ground, seen from above.
  private func contact(
    _ layer: ObjectLayer, _ base: Float, strength: Float, flatness: Float = 0.2,
    into field: inout [Float]
  ) {
    let rect = layer.rect
    var (left, right) = (Int.max, Int.min)
    let first = max(0, Int(Float(rect.height) * 0.86))
    for row in first..<rect.height {
      for column in 0..<rect.width where layer.coverage[row * rect.width + column] > 0.3 {
        (left, right) = (min(left, column), max(right, column))
      }
    }
    guard left <= right else { return }
    let centre = Float(rect.x) + Float(left + right + 1) * 0.5
    let rx = Float(right - left + 1) * 0.5 * 1.12 + 1.5
    let ry = max(2, rx * flatness)
    for y in max(0, Int(base - ry - 1))..<max(0, min(side, Int(base + ry + 2))) {
      for x in max(0, Int(centre - rx - 1))..<max(0, min(side, Int(centre + rx + 2))) {
        let (dx, dy) = ((Float(x) + 0.5 - centre) / rx, (Float(y) + 0.5 - base) / ry)
        let near = 1 - (dx * dx + dy * dy)
        guard near > 0 else { continue }
        let dark = strength * min(1, near * 1.4)
        field[y * side + x] = 1 - (1 - field[y * side + x]) * (1 - dark)
      }
    }
  }

  /// Two box filters in each direction.
  private func soften(_ field: inout [Float], radius: Int) {
    for _ in 0..<2 {
      blur(&field, radius, step: 1, line: side)
      blur(&field, radius, step: side, line: 1)
    }
  }

  private func blur(_ field: inout [Float], _ radius: Int, step: Int, line: Int) {
    let scale = 1 / Float(2 * radius + 1)
    var copy = [Float](repeating: 0, count: side)
    for index in 0..<side {
      let start = index * line
      for place in 0..<side { copy[place] = field[start + place * step] }
      var sum: Float = 0
      for place in 0..<min(radius, side) { sum += copy[place] }
      for place in 0..<side {
        if place + radius < side { sum += copy[place + radius] }
        if place > radius { sum -= copy[place - radius - 1] }
        field[start + place * step] = max(0, sum * scale)
      }
    }
  }
}
