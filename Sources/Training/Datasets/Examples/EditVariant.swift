package import Imaging

/// The same scene under the same hole with one thing changed: a hard negative for judges.
package struct EditVariant: Sendable {
  /// What was changed.
  package enum Change: String, Sendable, CaseIterable, Codable {
    case noun
    case colour
    /// The two objects have changed places.
    case relation
  }

  package let change: Change
  /// Equal to the example's picture outside the hole.
  package let picture: FloatImage
  /// True of the variant's picture, false of the example's, in the example's style.
  package let caption: String
  package let attributes: SceneAttributes
}

extension EditExample {
  /// Another picture and caption for the same scene and hole.
  ///
  /// - Parameter number: each number gives another variant.
  /// - Returns: nil where the example has no object in its hole, or none that fits in its place.
  package func variant(of change: EditVariant.Change, number: Int = 0) throws(DatasetError)
    -> EditVariant?
  {
    guard let plan, plan.addsObject else { return nil }
    let random = SplitMix(seed: 0x5eed).stream(number)
    guard let changed = plan.changed(change, under: mask, random) else { return nil }
    return EditVariant(
      change: change, picture: try changed.generator.picture(of: changed, under: mask),
      caption: changed.attributes.caption(changed.style), attributes: changed.attributes)
  }
}

extension SceneGenerator {
  func picture(of plan: ScenePlan, under mask: Mask) throws(DatasetError) -> FloatImage {
    try SceneRenderer(generator: self).picture(plan, under: mask)
  }
}

extension ScenePlan {
  /// The plan with one thing changed; nil where that is not possible under the hole.
  func changed(_ change: EditVariant.Change, under hole: Mask, _ random: SplitMix) -> ScenePlan? {
    guard let main else { return nil }
    var plan = self
    // A stream of the object's own, so that each example has variants of its own.
    var numbers = random
    var random = main.random.stream(Int(truncatingIfNeeded: numbers.next()))
    switch change {
    case .colour:
      guard let colours = Catalogue.kind(main.noun)?.colours, case .shape = main.source else {
        return nil
      }
      guard let other = random.element(of: colours.filter({ $0 != main.colour })) else {
        return nil
      }
      plan.main?.colour = other
      return plan
    case .noun: return withOtherNoun(main, hole, &random)
    case .relation: return withPlacesChanged(hole)
    }
  }

  /// Left and right, or above and below, exchanged; nil where they do not fit into the hole so.
  private func withPlacesChanged(_ hole: Mask) -> ScenePlan? {
    guard holeTakesBoth, let main, let reference, let relation else { return nil }
    var plan = self
    switch relation {
    case .left, .right:
      plan.main?.x = reference.x
      plan.reference?.x = main.x
      guard backdrop.horizon == nil else { break }
      // Without a ground a place is as good as another.
      plan.main?.base = reference.base
      plan.reference?.base = main.base
    case .above, .below:
      guard main.place == reference.place else { return nil }
      plan.main?.base = reference.base
      plan.reference?.base = main.base
    }
    plan.relation = relation.opposite
    for _ in 0..<5 {
      guard let main = plan.main, let reference = plan.reference else { return nil }
      if generator.fits(main, hole) && generator.fits(reference, hole) { return plan }
      plan.main?.size *= 0.88
      plan.reference?.size *= 0.88
    }
    return nil
  }

  private func withOtherNoun(
    _ main: PlacedObject, _ hole: Mask, _ random: inout SplitMix
  ) -> ScenePlan? {
    for _ in 0..<24 {
      guard let candidate = generator.candidate(&random), candidate.place == main.place,
        candidate.isApart(from: main.names), candidate.isApart(from: reference?.names ?? []),
        generator.split.takes(noun: candidate.noun, scene: backdrop.kind)
      else { continue }
      var other = main
      (other.source, other.noun, other.word) = (candidate.source, candidate.noun, nil)
      other.aspect = candidate.aspect
      other.colour =
        candidate.colours.first { $0 == main.colour } ?? random.element(of: candidate.colours)
      other.size = other.size * min(1, main.width / other.width, main.height / other.height)
      for _ in 0..<4 where !generator.fits(other, hole) { other.size *= 0.86 }
      guard generator.fits(other, hole) else { continue }
      var plan = self
      plan.main = other
      return plan
    }
    return nil
  }
}

extension SceneGenerator {
  /// An object out of all that the generator has.
  func candidate(_ random: inout SplitMix) -> Candidate? {
    if let pack = sprites, random.chance(0.5) {
      return Candidate(sprite: random.index(pack.sprites.count), of: pack)
    }
    return random.element(of: Catalogue.kinds).map { Candidate($0) }
  }

  /// Whether at least 97% of the object lies in the hole.
  func fits(_ object: PlacedObject, _ hole: Mask) -> Bool {
    let light = Light(towards: RGB(0, 1, 1), key: .one, sky: .one, bounce: .one, shadow: 0)
    let coverage = SceneRenderer(generator: self).layer(object, light)
      .coverage(width: side, height: side)
    var (inside, all) = (0, 0)
    for index in coverage.indices {
      all += Int(coverage[index])
      inside += hole.coverage[index] == 0 ? 0 : Int(coverage[index])
    }
    return all > 0 && inside * 100 >= all * 97
  }
}
