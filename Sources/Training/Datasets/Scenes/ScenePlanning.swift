/// Chooses what a scene shows and where.
struct ScenePlanning {
  let generator: SceneGenerator
  let task: EditTask
  let random: SplitMix
  private var choices: SplitMix
  private var side: Float { Float(generator.side) }

  init(generator: SceneGenerator, task: EditTask, random: SplitMix) {
    self.generator = generator
    self.task = task
    self.random = random
    choices = random.stream(1)
  }

  mutating func plan(name: String) -> ScenePlan {
    let backdrop = backdrop()
    var plan = ScenePlan(
      generator: generator, name: name, task: task, backdrop: backdrop, main: nil, reference: nil,
      relation: nil, holeTakesBoth: choices.chance(0.5),
      hole: HolePlan(task: task, random: random.stream(2)), style: CaptionStyle(random: &choices))
    // Holes of strokes and borders need no object, but editors meet pictures that have one.
    guard task == .object || task == .erase || choices.chance(0.5) else { return plan }
    guard let kind = choose(in: backdrop.kind) else { return plan }
    if choices.chance(0.3), place(pairWith: kind, in: &plan) {
      // In a box around both, the objects can also change places.
      if plan.holeTakesBoth && task == .object && choices.chance(0.7) { plan.hole.shape = .box }
      return plan
    }
    plan.main = alone(kind, backdrop)
    return plan
  }

  /// A landscape with one large object.
  mutating func plan(showing candidate: Candidate) -> ScenePlan {
    let scenes = SceneKind.landscapes.filter { $0.takes(candidate.place) && $0 != .sea }
    var backdrop = Backdrop(kind: .meadow, daylight: .day, random: random.stream(3))
    backdrop.kind = candidate.place == .water ? .sea : choices.element(of: scenes) ?? .meadow
    var plan = ScenePlan(
      generator: generator, name: candidate.noun, task: task, backdrop: backdrop, main: nil,
      reference: nil, relation: nil, holeTakesBoth: false,
      hole: HolePlan(task: task, random: random.stream(2)), style: CaptionStyle())
    var object = object(candidate, size: side * 0.7, number: 0)
    settle(&object, in: backdrop, columns: 0...side)
    plan.main = object
    return plan
  }

  // MARK: The world

  /// 55% scenes, 30% photographs where there are any, 15% flat patterns.
  private mutating func backdrop() -> Backdrop {
    let (photographs, patterns) = (generator.photographShare, generator.patternShare)
    let source = choices.choice(weights: [1 - photographs - patterns, photographs, patterns])
    var backdrop = Backdrop(kind: .meadow, daylight: .day, random: random.stream(3))
    switch source {
    case 0:
      backdrop.kind = SceneKind.landscapes[choices.index(SceneKind.landscapes.count)]
      backdrop.daylight = Daylight.allCases[choices.choice(weights: [0.46, 0.16, 0.22, 0.16])]
      if backdrop.kind == .room { backdrop.daylight = .day }
    case 1:
      backdrop.kind = .photograph
      let number = generator.takenPhotographs[choices.index(generator.takenPhotographs.count)]
      backdrop.crop = generator.photographs?.crop(of: number, &choices)
    default: backdrop.kind = choices.chance(0.5) ? .leaves : .tiles
    }
    return backdrop
  }

  // MARK: The object

  /// An object that may be in such a scene and in this split.
  private mutating func choose(in scene: SceneKind, place: ObjectPlace? = nil) -> Candidate? {
    for _ in 0..<64 {
      guard let candidate = generator.candidate(&choices), scene.takes(candidate.place),
        place == nil || place == candidate.place,
        generator.split.takes(noun: candidate.noun, scene: scene)
      else { continue }
      return candidate
    }
    return nil
  }

  private mutating func alone(_ candidate: Candidate, _ backdrop: Backdrop) -> PlacedObject {
    let size = side * (choices.chance(0.7) ? choices.float(0.3...0.62) : choices.float(0.18...0.4))
    var object = object(candidate, size: size, number: 0)
    settle(&object, in: backdrop, columns: 0...side)
    return object
  }

  private mutating func object(
    _ candidate: Candidate, size: Float, number: Int
  ) -> PlacedObject {
    PlacedObject(
      source: candidate.source, noun: candidate.noun,
      word: choices.chance(0.3) ? choices.element(of: candidate.synonyms) : nil,
      place: candidate.place,
      colour: choices.element(of: candidate.colours), x: 0, base: 0, size: size,
      aspect: candidate.aspect, isMirrored: choices.chance(0.5),
      random: random.stream(4).stream(number))
  }

  /// Puts the object where its kind belongs, wholly inside the picture.
  private mutating func settle(
    _ object: inout PlacedObject, in backdrop: Backdrop, columns: ClosedRange<Float>,
    base: Float? = nil
  ) {
    let margin = side * 0.04
    object.size = min(
      object.size,
      (columns.upperBound - columns.lowerBound - 2 * margin) / min(1, object.aspect).squareRoot())
    let horizon = backdrop.horizon.map { $0 * side }
    if object.place == .sky && backdrop.kind != .room {
      let floor = backdrop.kind == .photograph ? side * 0.6 : horizon ?? side - margin
      object.fit(height: floor - 2 * margin)
      object.base = choices.float(
        object.height + margin...max(object.height + margin, floor - margin * 0.5))
    } else {
      object.fit(height: side * 0.8)
      let ground =
        (backdrop.ground.map { $0 * side } ?? side * (backdrop.kind == .photograph ? 0.55 : 0))
        + margin
      let low = max(ground + object.height * (horizon == nil ? 0 : 0.12), object.height + margin)
      object.base = base ?? choices.float(min(low, side - margin)...side - margin)
    }
    let half = object.width / 2 + margin * 0.5
    let (left, right) = (columns.lowerBound + half, columns.upperBound - half)
    object.x =
      left < right ? choices.float(left...right) : (columns.lowerBound + columns.upperBound) / 2
  }

  // MARK: Two objects

  /// Two objects side by side, or one above the other; false where no second one fits.
  private mutating func place(pairWith candidate: Candidate, in plan: inout ScenePlan) -> Bool {
    guard let other = choose(in: plan.backdrop.kind), other.isApart(from: candidate.names) else {
      return false
    }
    var main = object(candidate, size: side * choices.float(0.26...0.44), number: 0)
    var reference = object(other, size: side * choices.float(0.26...0.44), number: 1)
    if main.place == .sky && reference.place != .sky && plan.backdrop.kind != .room {
      settle(&reference, in: plan.backdrop, columns: 0...side)
      settle(&main, in: plan.backdrop, columns: 0...side)
      main.x = min(
        side - main.width / 2 - 2,
        max(main.width / 2 + 2, reference.x + side * choices.float(-0.08...0.08)))
      main.base = min(main.base, reference.base - reference.height - 2)
      guard main.base > main.height + 1 else { return false }
      plan.relation = .above
    } else if main.place == reference.place || plan.backdrop.kind == .room {
      let isLeft = choices.chance(0.5)
      settle(&main, in: plan.backdrop, columns: isLeft ? 0...side / 2 : side / 2...side)
      settle(&reference, in: plan.backdrop, columns: isLeft ? side / 2...side : 0...side / 2)
      plan.relation = isLeft ? .left : .right
    } else {
      return false
    }
    (plan.main, plan.reference) = (main, reference)
    return true
  }
}

extension PlacedObject {
  /// Makes the object smaller where it is too high.
  mutating func fit(height: Float) {
    if self.height > height { size *= max(0.05, height / self.height) }
  }
}
