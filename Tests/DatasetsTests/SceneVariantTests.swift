import Testing

@testable import Datasets

struct SceneVariantTests {
  @Test(arguments: EditVariant.Change.allCases)
  func `a variant changes one thing, in the hole alone`(change: EditVariant.Change) throws {
    let generator = try SceneGenerator(side: 48, seed: 5, tasks: [(.object, 1)])
    var found = 0
    for index in 0..<60 {
      let example = try generator.example(at: index)
      guard let variant = try example.variant(of: change) else { continue }
      found += 1
      #expect(variant.caption != example.caption)
      #expect(variant.picture != example.picture)
      for pixel in example.mask.coverage.indices where example.mask.coverage[pixel] == 0 {
        let range = pixel * 3..<pixel * 3 + 3
        #expect(variant.picture.pixels[range] == example.picture.pixels[range])
      }
      let (old, new) = (example.attributes, variant.attributes)
      #expect((old.noun != new.noun) == (change == .noun))
      #expect((old.relation != new.relation) == (change == .relation))
      if change != .noun { #expect((old.colour != new.colour) == (change == .colour)) }
    }
    #expect(found >= (change == .relation ? 4 : 40), "\(change): \(found)")
  }

  @Test func `each number gives a variant of its own, always the same`() throws {
    let example = try SceneGenerator(side: 48, seed: 5, tasks: [(.object, 1)]).example(at: 0)
    let captions = try (0..<8).map { try example.variant(of: .noun, number: $0)?.caption }
    #expect(Set(captions).count > 3)
    #expect(try example.variant(of: .noun, number: 2)?.caption == captions[2])
  }
}
