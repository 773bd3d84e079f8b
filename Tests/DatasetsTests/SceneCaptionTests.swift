import Testing

@testable import Datasets

struct SceneCaptionTests {
  static let examples: [EditExample] = (0..<240).compactMap { index in
    try? (try? SceneGenerator(side: 48, seed: 3))?.example(at: index)
  }

  @Test func `a caption names noun, colour and relation and nothing that is not so`() {
    #expect(Self.examples.count == 240)
    for example in Self.examples {
      let truth = example.attributes
      guard let object = truth.object else { continue }
      let words = example.caption
      #expect(words.contains(object.noun), "\(words)")
      if let colour = object.colour { #expect(words.contains("\(colour) \(object.noun)")) }
      if let relation = truth.relation {
        #expect(words.contains(relation.phrase) && words.contains(truth.reference?.noun ?? "-"))
      }
      for size in [ObjectSize.small, .large] where size != truth.size {
        #expect(!words.split(separator: " ").contains(Substring(size.rawValue)))
      }
      for daylight in Daylight.allCases where daylight != truth.daylight {
        if let phrase = daylight.phrase { #expect(!words.contains(phrase)) }
      }
    }
  }

  @Test func `articles fit their word`() {
    let apple = SceneAttributes(
      object: ObjectAttributes(noun: "apple", colour: "orange"), size: .large, relation: .left,
      reference: ObjectAttributes(noun: "owl", colour: nil), scene: .meadow, daylight: .sunset)
    #expect(apple.caption() == "a large orange apple to the left of an owl on a meadow at sunset")
    let plain = CaptionStyle(saysSize: false, saysScene: false)
    #expect(apple.caption(plain) == "an orange apple to the left of an owl")
    #expect(SceneAttributes(scene: .sea, daylight: .night).caption() == "the sea at night")
  }

  @Test func `left is left, above is above`() {
    var relations: [ObjectRelation: Int] = [:]
    for example in Self.examples {
      guard let plan = example.plan, let relation = plan.relation, let main = plan.main,
        let reference = plan.reference
      else { continue }
      relations[relation, default: 0] += 1
      switch relation {
      case .left: #expect(main.x + 4 < reference.x)
      case .right: #expect(main.x > reference.x + 4)
      case .above: #expect(main.base <= reference.base - reference.height)
      case .below: Issue.record("only variants put an object below another")
      }
    }
    #expect(relations.count == 3, "\(relations)")
  }

  @Test func `an example to be erased asks for its background in words`() throws {
    let erased = try #require(
      Self.examples.first { $0.task == .erase && $0.plan?.reference == nil })
    #expect(!erased.prompt.contains(erased.attributes.noun ?? ""))
    #expect(erased.target == erased.clean)
  }
}
