internal import Imaging

/// Draws plans.
struct SceneRenderer {
  let generator: SceneGenerator
  private var side: Int { generator.side }

  init(generator: SceneGenerator) {
    self.generator = generator
  }

  func example(_ plan: ScenePlan) throws(DatasetError) -> EditExample {
    let stage = try Stage(plan.backdrop, generator)
    var clean = stage.picture
    let isAdded = plan.addsObject
    let background =
      isAdded ? (plan.cleanReference ? [plan.reference] : []) : [plan.reference, plan.main]
    draw(background.compactMap(\.self), stage, on: &clean, inside: nil)
    clean.quantise()
    let added =
      isAdded ? [plan.main, plan.holeTakesBoth ? plan.reference : nil].compactMap(\.self) : []
    let drawn = added.map { drawing($0, stage) }
    let mask = try hole(plan, drawn)
    var picture = clean
    compose(drawn, on: &picture, inside: mask)
    picture.quantise()
    return EditExample(
      clean: clean, picture: picture, mask: mask,
      instance: try drawn.first.map { (first) throws(DatasetError) in try instance(first, mask) },
      caption: plan.attributes.caption(plan.style), attributes: plan.attributes,
      clusters: clusters(plan), task: plan.task, plan: plan)
  }

  /// The picture of a plan under a hole that is there already.
  func picture(_ plan: ScenePlan, under mask: Mask?) throws(DatasetError) -> FloatImage {
    let stage = try Stage(plan.backdrop, generator)
    var picture = stage.picture
    if plan.cleanReference {
      draw([plan.reference].compactMap(\.self), stage, on: &picture, inside: nil)
    }
    picture.quantise()
    let added = [plan.main, plan.holeTakesBoth ? plan.reference : nil].compactMap(\.self)
    draw(added, stage, on: &picture, inside: mask)
    picture.quantise()
    return picture
  }

  // MARK: Objects

  /// An object's layer and shadow.
  struct Drawing {
    let object: PlacedObject
    let layer: ObjectLayer
    /// `[side, side]`, 0...1.
    let shadow: [Float]
  }

  private func draw(
    _ objects: [PlacedObject], _ stage: Stage, on picture: inout FloatImage, inside hole: Mask?
  ) {
    compose(objects.map { drawing($0, stage) }, on: &picture, inside: hole)
  }

  /// The farther object first.
  private func compose(
    _ drawings: [Drawing], on picture: inout FloatImage, inside hole: Mask?
  ) {
    for drawing in drawings.sorted(by: { $0.object.base < $1.object.base }) {
      darken(&picture, drawing.shadow, hole)
      drawing.layer.compose(over: &picture, inside: hole)
    }
  }

  private func darken(_ picture: inout FloatImage, _ shadow: [Float], _ hole: Mask?) {
    picture.pixels.withUnsafeMutableBufferPointer { pixels in
      for index in shadow.indices where shadow[index] > 0 {
        guard hole.map({ $0.coverage[index] != 0 }) ?? true else { continue }
        // Light from the sky still reaches the shadow, bluer than the sun's.
        let dark = shadow[index]
        pixels[index * 3] *= 1 - dark
        pixels[index * 3 + 1] *= 1 - dark * 0.97
        pixels[index * 3 + 2] *= 1 - dark * 0.92
      }
    }
  }

  func drawing(_ object: PlacedObject, _ stage: Stage) -> Drawing {
    let light = stage.light(near: object)
    let layer = layer(object, light)
    let shadows = ObjectShadow(side: side, light: light)
    let shadow: [Float] =
      switch (stage.kind, object.place) {
      case (.leaves, _), (.tiles, _): shadows.lying(layer)
      case (_, .sky): [Float](repeating: 0, count: side * side)
      case (.sea, .water): shadows.swimming(layer, base: object.base)
      default: shadows.standing(layer, base: object.base)
      }
    return Drawing(object: object, layer: layer, shadow: shadow)
  }

  func layer(_ object: PlacedObject, _ light: Light) -> ObjectLayer {
    switch object.source {
    case .shape(let noun):
      guard let kind = Catalogue.kind(noun) else { break }
      var random = object.random
      let main = random.near((object.colour ?? .grey).rgb, by: 0.07)
      let parts = kind.parts(ObjectLook(main: main, random: random))
      let unit = object.height / 2
      return ObjectRenderer(light: light).layer(
        parts, centre: SIMD2(object.x, object.base - unit), unit: unit,
        isMirrored: object.isMirrored)
    case .sprite(let number):
      guard let sprite = generator.sprites?.sprites[number] else { break }
      return SpriteRenderer(light: light).layer(sprite, object)
    }
    return ObjectLayer(rect: PixelRect(x: 0, y: 0, width: 0, height: 0), colour: [], coverage: [])
  }

  // MARK: Holes

  private func hole(_ plan: ScenePlan, _ drawn: [Drawing]) throws(DatasetError) -> Mask {
    do {
      guard !drawn.isEmpty else { return try plan.hole.draw(side: side, around: nil) }
      var field = [Float](repeating: 0, count: side * side)
      for drawing in drawn {
        drawing.layer.add(to: &field, side: side)
        guard plan.task == .erase else { continue }
        for index in field.indices {
          field[index] = max(field[index], drawing.shadow[index] - 0.04)
        }
      }
      return try plan.hole.draw(side: side, around: field)
    } catch {
      throw .picture(path: plan.name, reason: error.description)
    }
  }

  private func instance(_ drawing: Drawing, _ hole: Mask) throws(DatasetError) -> Mask {
    var bytes = drawing.layer.coverage(width: side, height: side)
    for index in bytes.indices where hole.coverage[index] == 0 { bytes[index] = 0 }
    do {
      return try Mask(width: side, height: side, coverage: bytes)
    } catch {
      throw .picture(path: drawing.object.noun, reason: error.description)
    }
  }

  private func clusters(_ plan: ScenePlan) -> ExampleClusters {
    ExampleClusters(
      scene: plan.name,
      photograph: plan.backdrop.crop.flatMap { generator.photographs?.names[$0.photograph] },
      object: plan.main?.noun)
  }
}

extension ObjectLayer {
  /// The larger of the field and the coverage, where the layer lies over the picture.
  func add(to field: inout [Float], side: Int) {
    for row in max(0, -rect.y)..<max(0, -rect.y, min(rect.height, side - rect.y)) {
      for column in max(0, -rect.x)..<max(0, -rect.x, min(rect.width, side - rect.x)) {
        let at = (rect.y + row) * side + rect.x + column
        field[at] = max(field[at], coverage[row * rect.width + column])
      }
    }
  }
}
