import Testing

@testable import Datasets

struct DatasetSplitTests {
  static func pairs(_ split: DatasetSplit) throws -> Set<String> {
    let generator = try SceneGenerator(side: 32, split: split)
    return Set(
      (0..<3000).compactMap { index in
        let plan = generator.plan(at: index)
        return plan.main.map { "\($0.noun)/\(plan.backdrop.kind)" }
      })
  }

  @Test func `training never sees a held-out pair of noun and scene, nouns and scenes it sees all`()
    throws
  {
    let (training, heldOut) = (try Self.pairs(.training), try Self.pairs(.combinations))
    #expect(training.isDisjoint(with: heldOut))
    #expect(training.count > 200 && heldOut.count > 20)
    let nouns = Set(training.map { $0.prefix { $0 != "/" } })
    #expect(nouns.count == Catalogue.kinds.count)
  }

  @Test func `parts differ in every example`() throws {
    let names = DatasetSplit.all.map(\.name)
    #expect(Set(names).count == names.count)
    let pictures = try DatasetSplit.all.map {
      try SceneGenerator(side: 32, split: $0).example(at: 0).picture
    }
    #expect(Set(pictures).count == pictures.count)
  }

  @Test func `photographs are seen or held out`() {
    let names = (0..<200).map { "photograph-\($0).jpg" }
    let seen = names.filter { DatasetSplit.training.takes(photograph: $0) }
    let heldOut = names.filter { DatasetSplit.test.takes(photograph: $0) }
    #expect(seen.count + heldOut.count == 200)
    #expect((20...60).contains(heldOut.count))
  }
}
