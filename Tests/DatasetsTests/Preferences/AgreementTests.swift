import Testing

@testable import Datasets

@Suite struct AgreementTests {
  typealias Files = PreferenceFileTests

  @Test func `Krippendorff's published examples come out`() throws {
    // Krippendorff 2011: B, binary, two observers, alpha 0.095; C, nominal, four observers with
    // missing values, alpha 0.743.
    let first = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    let second = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    let binary = try #require(Agreement.krippendorffAlpha(zip(first, second).map { [$0, $1] }))
    #expect(abs(binary - 0.095) < 0.0005)
    let observers: [[Int?]] = [
      [1, 2, 3, 3, 2, 1, 4, 1, 2, nil, nil, nil],
      [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nil, 3],
      [nil, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nil],
      [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nil],
    ]
    let units = (0..<12).map { unit in observers.compactMap { $0[unit] } }
    let nominal = try #require(Agreement.krippendorffAlpha(units))
    #expect(abs(nominal - 0.743) < 0.0005)
  }

  @Test func `Cohen's kappa of a worked table`() throws {
    // 20 both yes, 5 yes and no, 10 no and yes, 15 both no: (0.7 - 0.5) / (1 - 0.5).
    let table = [(20, true, true), (5, true, false), (10, false, true), (15, false, false)]
    let pairs = table.flatMap { count, first, second in
      (0..<count).map { _ in (first: first, second: second) }
    }
    let kappa = try #require(Agreement.cohenKappa(pairs))
    #expect(abs(kappa - 0.4) < 1e-12)
    #expect(Agreement.cohenKappa([(first: true, second: true)]) == nil)
    #expect(Agreement.krippendorffAlpha([[1, 1], [1]]) == nil)
    #expect(Agreement.krippendorffAlpha([[Int]]()) == nil)
  }

  @Test func `annotators who agree, who contradict each other, and whose names play no part`() {
    let files = ["a.png", "b.png", "c.png"]
    func votes(_ order: [Int], _ annotator: String) -> [Preference] {
      (0..<4).map { edit in
        Files.preference(
          "\(edit)", best: files[order[0]], worst: files[order[2]], annotator: annotator,
          candidates: files, order: order)
      }
    }
    let same = PreferenceAgreement(votes([0, 1, 2], "ann") + votes([0, 1, 2], "bob"))
    #expect(same.pairs == 12 && same.alpha == 1 && same.share == 1)
    #expect(same.kappa == ["ann / bob": 1])
    let opposite = PreferenceAgreement(votes([0, 1, 2], "ann") + votes([2, 1, 0], "bob"))
    #expect(opposite.share == 0)
    #expect(opposite.kappa == ["ann / bob": -1])
    #expect((opposite.alpha ?? 1) < -0.9)
    let alone = PreferenceAgreement(votes([0, 1, 2], "ann"))
    #expect(alone.pairs == 0 && alone.alpha == nil && alone.share == nil)
  }

  @Test func `best and worst imply comparisons with all others`() {
    let preference = Files.preference("1", candidates: ["c.png", "a.png", "b.png", "d.png"])
    #expect(preference.comparisons.count == 5)
    let whole = Files.preference("1", candidates: ["a.png", "c.png", "b.png"], order: [0, 1, 2])
    #expect(whole.comparisons.count == 3)
  }

  @Test func `a merge takes the majority, and what cancels out is undecided`() {
    let votes = [
      Files.preference("1", annotator: "ann"), Files.preference("1", annotator: "bob"),
      Files.preference("1", best: "b.png", worst: "a.png", annotator: "eve"),
      Files.preference("2", annotator: "ann"),
      Files.preference("2", best: "b.png", worst: "a.png", annotator: "bob"),
      Files.preference("3", annotator: "ann"),
    ]
    let result = PreferenceMerge.merge(votes)
    #expect(result.undecided == ["2"])
    #expect(result.merged.map(\.id) == ["1", "3"])
    #expect(result.merged.map(\.best) == [.path("a.png"), .path("a.png")])
    #expect(result.merged.map(\.annotator) == ["merged:3", "ann"])
    #expect(result.merged.allSatisfy { $0.faults.isEmpty })
    // The last word of an annotator counts.
    let changed = PreferenceMerge.merge([
      Files.preference("1"), Files.preference("1", best: "b.png", worst: "a.png"),
    ])
    #expect(changed.merged.map(\.best) == [.path("b.png")])
  }

  @Test func `whole orders are counted by Borda`() {
    let files = ["a.png", "b.png", "c.png"]
    let votes = [([0, 1, 2], "ann"), ([1, 0, 2], "bob"), ([1, 2, 0], "eve")].map { order, who in
      Files.preference(
        "1", best: files[order[0]], worst: files[order[2]], annotator: who, candidates: files,
        order: order)
    }
    let merged = PreferenceMerge.merge(votes).merged.first
    #expect(merged?.best == .path("b.png"))
    #expect(merged?.worst == .path("c.png"))
    #expect(merged?.order == [0, 1, 2])
  }

  @Test func `a split shares no cluster, and more data move none`() throws {
    let all = (0..<600).map { index in
      Files.preference(
        "\(index)", clusters: ["scene": "s\(index % 60)", "object": "o\(index % 7)"])
    }
    let split = try PreferenceSplit(all, heldOut: 0.25)
    #expect(split.dropped.isEmpty && split.training.count + split.heldOut.count == 600)
    #expect((60..<240).contains(split.heldOut.count))
    func scenes(_ preferences: [Preference]) -> Set<String> {
      Set(preferences.compactMap { $0.clusters?["scene"] })
    }
    #expect(scenes(split.training).isDisjoint(with: scenes(split.heldOut)))
    let part = try PreferenceSplit(Array(all.prefix(50)), heldOut: 0.25)
    #expect(scenes(part.heldOut).isSubset(of: scenes(split.heldOut)))
    let strict = try PreferenceSplit(all, heldOut: 0.4, by: ["scene", "object"])
    func objects(_ preferences: [Preference]) -> Set<String> {
      Set(preferences.compactMap { $0.clusters?["object"] })
    }
    #expect(objects(strict.training).isDisjoint(with: objects(strict.heldOut)))
    #expect(scenes(strict.training).isDisjoint(with: scenes(strict.heldOut)))
    #expect(!strict.dropped.isEmpty && !strict.heldOut.isEmpty)
    #expect(throws: DatasetError.self) { try PreferenceSplit(all, heldOut: 1.5) }
    #expect(throws: DatasetError.self) { try PreferenceSplit(all, heldOut: 0.5, by: []) }
  }
}
