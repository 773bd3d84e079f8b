internal import Imaging

/// Draws objects: each part is shaded like a cushion whose normals come from its distance.
struct ObjectRenderer {
  /// Samples a pixel in each direction.
  static let samples = 2

  let light: Light

  /// - Parameters:
  ///   - centre: where the object's origin lies, in pixels of the picture, y down.
  ///   - unit: pixels an object unit, half the object's height.
  ///   - isMirrored: left and right exchanged; the light is not.
  func layer(
    _ parts: [ObjectPart], centre: SIMD2<Float>, unit: Float, isMirrored: Bool = false,
    tilt: Float = 0
  ) -> ObjectLayer {
    let parts = tilt == 0 ? parts : parts.map { $0.turned(tilt) }
    let bounds = Self.bounds(of: parts)
    let (left, right) =
      isMirrored ? (-bounds.high.x, -bounds.low.x) : (bounds.low.x, bounds.high.x)
    let x = Int((centre.x + left * unit).rounded(.down)) - 1
    let y = Int((centre.y - bounds.high.y * unit).rounded(.down)) - 1
    let rect = PixelRect(
      x: x, y: y, width: Int((centre.x + right * unit).rounded(.up)) + 1 - x,
      height: Int((centre.y - bounds.low.y * unit).rounded(.up)) + 1 - y)
    var drawing = PartDrawing(rect: rect, centre: centre, unit: unit, mirror: isMirrored ? -1 : 1)
    for part in parts { drawing.add(part, light) }
    return drawing.layer()
  }

  private static func bounds(of parts: [ObjectPart]) -> Bounds {
    guard let first = parts.first else { return Bounds(.zero, .zero) }
    return parts.dropFirst().reduce(first.shape.bounds) { $0.union($1.shape.bounds) }
  }
}

extension ObjectPart {
  /// The part turned around the object's origin.
  func turned(_ turns: Float) -> ObjectPart {
    var part = self
    part.shape = .turned(shape, turns, .zero)
    part.surface = surface.map { .turned($0, turns, .zero) }
    return part
  }
}

/// Parts drawn over one another at two samples a pixel and direction.
private struct PartDrawing {
  let rect: PixelRect
  let centre: SIMD2<Float>
  let unit: Float
  let mirror: Float
  let width: Int
  let height: Int
  /// Colour times coverage, and coverage, a sample.
  var samples: [SIMD4<Float>]

  init(rect: PixelRect, centre: SIMD2<Float>, unit: Float, mirror: Float) {
    (self.rect, self.centre, self.unit, self.mirror) = (rect, centre, unit, mirror)
    width = rect.width * ObjectRenderer.samples
    height = rect.height * ObjectRenderer.samples
    samples = [SIMD4<Float>](repeating: .zero, count: width * height)
  }

  private var step: Float { 1 / (unit * Float(ObjectRenderer.samples)) }

  /// The object coordinates of a sample.
  private func point(_ column: Int, _ row: Int) -> SIMD2<Float> {
    let scale = 1 / Float(ObjectRenderer.samples)
    return SIMD2(
      mirror * (Float(rect.x) + (Float(column) + 0.5) * scale - centre.x) / unit,
      (centre.y - Float(rect.y) - (Float(row) + 0.5) * scale) / unit)
  }

  /// The samples that a part can touch, as columns and rows, one more on every side.
  private func window(_ bounds: Bounds) -> (x: Int, y: Int, width: Int, height: Int)? {
    let origin = point(0, 0)
    let (a, b) = (
      (bounds.low.x - origin.x) / step * mirror, (bounds.high.x - origin.x) / step * mirror
    )
    let (left, right) = (max(0, Int(min(a, b)) - 1), min(width, Int(max(a, b)) + 3))
    let top = max(0, Int((origin.y - bounds.high.y) / step) - 1)
    let bottom = min(height, Int((origin.y - bounds.low.y) / step) + 3)
    return right > left && bottom > top ? (left, top, right - left, bottom - top) : nil
  }

  mutating func add(_ part: ObjectPart, _ light: Light) {
    let reach: Float = part.casts ? 0.1 : 0
    guard let window = window(part.shape.bounds.widened(reach)) else { return }
    // A border of one sample, so that each has neighbours.
    let grid = SampleGrid(
      width: window.width + 2, height: window.height + 2,
      origin: point(window.x - 1, window.y - 1), right: SIMD2(step * mirror, 0),
      down: SIMD2(0, -step))
    let distances = part.shape.distances(on: grid)
    let relief = SurfaceRelief(
      part.form, distances: part.surface?.distances(on: grid) ?? distances, bevel: part.bevel,
      grid: grid, step: step)
    let shading = PartShading(part: part, light: light, step: step, grid: grid)
    distances.withUnsafeBufferPointer { distances in
      samples.withUnsafeMutableBufferPointer { samples in
        for row in 0..<window.height {
          let target = (window.y + row) * width + window.x
          for column in 0..<window.width {
            shading.draw(distances, relief, column + 1, row + 1, over: &samples[target + column])
          }
        }
      }
    }
  }

  /// The mean of each pixel's samples.
  func layer() -> ObjectLayer {
    let side = ObjectRenderer.samples
    var layer = ObjectLayer(
      rect: rect, colour: [Float](repeating: 0, count: rect.width * rect.height * 3),
      coverage: [Float](repeating: 0, count: rect.width * rect.height))
    let share = 1 / Float(side * side)
    for row in 0..<rect.height {
      for column in 0..<rect.width {
        let first = row * side * width + column * side
        let upper = samples[first] + samples[first + 1]
        let sum = (upper + (samples[first + width] + samples[first + width + 1])) * share
        let pixel = row * rect.width + column
        layer.coverage[pixel] = sum.w
        layer.colour[pixel * 3] = sum.x
        layer.colour[pixel * 3 + 1] = sum.y
        layer.colour[pixel * 3 + 2] = sum.z
      }
    }
    return layer
  }
}

/// Light on one part.
private struct PartShading {
  let part: ObjectPart
  let light: Light
  let step: Float
  let grid: SampleGrid
  let half: RGB

  init(part: ObjectPart, light: Light, step: Float, grid: SampleGrid) {
    (self.part, self.light, self.step, self.grid) = (part, light, step, grid)
    let between = light.direction + RGB(0, 0, 1)
    half = between * (1 / dot(between, between).squareRoot())
  }

  @inline(__always)
  func draw(
    _ distances: UnsafeBufferPointer<Float>, _ relief: borrowing SurfaceRelief, _ column: Int,
    _ row: Int, over sample: inout SIMD4<Float>
  ) {
    let at = row * grid.width + column
    let distance = distances[at]
    let alpha = ExactMath.unit(0.5 - distance / step)
    if part.casts && alpha < 1 && sample.w > 0 && distance < 0.1 {
      let near = 1 - max(0, distance) * 10
      let dark = 1 - 0.34 * near * near
      sample = SIMD4(sample.x * dark, sample.y * dark, sample.z * dark, sample.w)
    }
    guard alpha > 0 else { return }
    let x = grid.origin.x + Float(column) * grid.right.x
    let y = grid.origin.y + Float(row) * grid.down.y
    let (nx, ny) = (relief.right[at], relief.up[at])
    let normal = RGB(nx, ny, max(0.05, 1 - nx * nx - ny * ny).squareRoot())
    let colour = lit(part.paint.colour(x, y), normal, height: y)
    let rest = 1 - alpha
    sample = SIMD4(
      sample.x * rest + colour.x * alpha, sample.y * rest + colour.y * alpha,
      sample.z * rest + colour.z * alpha, sample.w * rest + alpha)
  }

  @inline(__always)
  private func lit(_ albedo: RGB, _ normal: RGB, height: Float) -> RGB {
    let facing = dot(normal, light.direction)
    let diffuse = max(0, (facing + 0.25) * 0.8)
    let up = 0.5 + 0.5 * normal.y
    // Light from above is shut out by the ground and the neighbours further down.
    let open = 0.84 + 0.16 * ExactMath.unit(0.5 + 0.5 * height)
    let ambient = mix(light.bounce, light.sky, up) * open
    var colour = albedo * (ambient + light.key * diffuse)
    if part.gloss > 0 {
      let aligned = max(0, dot(normal, half))
      let (a, b) = (aligned * aligned, aligned * aligned * aligned * aligned)
      let sharp = b * b * b * a
      colour += light.key * (part.gloss * 0.75 * sharp * sharp)
    }
    if part.glow > 0 { colour = mix(colour, albedo * (0.85 + 0.15 * normal.z), part.glow) }
    return colour.clamped(lowerBound: .zero, upperBound: .one)
  }
}
