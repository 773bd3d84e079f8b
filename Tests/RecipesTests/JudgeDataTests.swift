import Datasets
import Foundation
import TestSupport
import Testing

@testable import Recipes

@Suite struct AlignmentQuestionsTests {
  private func side(_ level: UInt8, _ caption: String, _ wrong: String) -> AlignmentTwins.Side {
    AlignmentTwins.Side(
      picture: BytePicture(width: 1, height: 1, bytes: [level, 0, 0]), caption: caption,
      wrong: wrong)
  }

  @Test func `every pair holds the true meeting of picture and text above the false one`() {
    let twins = [
      AlignmentTwins(
        first: side(1, "a red cup", "a dog"), second: side(2, "a blue cup", "a cat"),
        change: .colour, isWrongByScene: false, clusters: []),
      AlignmentTwins(
        first: side(3, "a hat", "a hat at sea"), second: side(4, "a tie", "a tie at sea"),
        change: .noun, isWrongByScene: true, clusters: []),
    ]
    let questions = AlignmentQuestions(twins)
    let truth = Dictionary(
      uniqueKeysWithValues: zip(questions.pictures.map { $0.bytes[0] }, questions.captions))
    #expect(truth == [1: "a red cup", 2: "a blue cup", 3: "a hat", 4: "a tie"])
    for pair in questions.pairs {
      let picture = questions.pictures[questions.pictureOfText[pair.better]].bytes[0]
      let other = questions.pictures[questions.pictureOfText[pair.worse]].bytes[0]
      #expect(truth[picture] == questions.texts[pair.better])
      #expect(truth[other] != questions.texts[pair.worse])
      // Over captions the picture stays, over pictures the text does.
      let isOfPictures = pair.kind == .otherPicture
      #expect((picture == other) != isOfPictures)
      #expect((questions.texts[pair.better] == questions.texts[pair.worse]) == isOfPictures)
      #expect((picture > 2 ? 1 : 0) == pair.twin)
    }
    #expect(questions.pairs.count == 12)
    #expect(questions.pairs.filter { $0.kind == .otherScene }.count == 2)
  }
}

@Suite struct FillsTests {
  private let picture = BytePicture(
    width: 16, height: 16,
    bytes: (0..<768).map { (index: Int) -> UInt8 in UInt8(index / 3 * 7 % 251) })
  private let hole = (0..<256).map { (index: Int) -> UInt8 in
    (4..<9).contains(index / 16) && index % 16 > 10 ? 255 : 0
  }

  @Test func `fills change the hole and nothing else`() throws {
    var choices = SplitMix(seed: 4)
    for fill in [
      try Fills.smooth(picture, hole: hole), Fills.shifted(picture, hole: hole, &choices),
    ] {
      let (before, after) = (picture.bytes, fill.bytes)
      var changed: [Int] = []
      for index in 0..<256 {
        let pixel = index * 3..<index * 3 + 3
        if before[pixel] != after[pixel] { changed.append(index) }
      }
      #expect(changed.allSatisfy { hole[$0] != 0 })
      #expect(changed.count > 20)
      #expect(fill.pasted(into: picture, hole: hole) == fill)
    }
  }

  @Test func `a mirrored picture mirrored again is the picture`() {
    let mirrored = picture.mirrored
    #expect(mirrored != picture && mirrored.mirrored == picture)
    #expect(mirrored.bytes[..<3] == picture.bytes[45..<48])
  }

  @Test func `a picture in a file is the picture`() throws {
    let scratch = try ScratchFolder()
    try Data(try picture.png).write(to: URL(fileURLWithPath: "\(scratch.path)/a.png"))
    #expect(try BytePicture(contentsOf: "\(scratch.path)/a.png") == picture)
    #expect(throws: RecipeError.self) { try BytePicture(contentsOf: "\(scratch.path)/b.png") }
  }
}

@Suite struct HeldOutTests {
  @Test func `the table has a row for each kind, in percent`() {
    var tally = PairTally()
    for pair in 0..<8 {
      tally.add("blur", better: pair == 0 ? 0 : 2, worse: 1, clusters: ["s\(pair)", "o"])
    }
    tally.add("noise", better: 1, worse: 1, clusters: ["s0", "o"])
    let rows = tally.rows(seed: 3)
    #expect(rows.map(\.name) == ["blur", "noise"])
    #expect(rows[0].estimate.value == 0.875 && rows[0].estimate.clusters == 8)
    let lines = HeldOutTable(rows).markdown.split(separator: "\n")
    #expect(lines[2].hasPrefix("| blur | accuracy | 87.5 | "))
    #expect(lines[3] == "| noise | accuracy | 50.0 | – | 1 | 1 |")
  }

  @Test func `pixels that score higher where they are real have the area 1`() {
    var tally = CoherenceTally()
    let hole: [UInt8] = [0, 255, 255, 0]
    let picture = BytePicture(width: 2, height: 2, bytes: [UInt8](repeating: 0, count: 12))
    for cluster in ["a", "b"] {
      for (name, fake) in [("fill", [9, -1, -2, 9]), ("control", [-9, 1, 2, -9])]
        as [(String, [Float])]
      {
        tally.add(
          CoherenceComparison(
            name: name, real: picture, fake: picture, hole: hole, clusters: [cluster]),
          real: [-9, 1, 2, -9], fake: fake)
      }
    }
    let rows = tally.rows(seed: 1)
    #expect(rows.map(\.name) == ["fill", "control"])
    // What lies outside the hole does not count.
    #expect(rows.map(\.estimate.value) == [1, 0.5])
  }

  @Test func `standardised rewards of held-out edits have mean 0, deviation 1 and 101 quantiles`() {
    let scale = RewardScale((0..<1_000).map { Float($0) * 0.01 + 3 })
    #expect(abs(scale.mean - 7.995) < 1e-5 && abs(scale.deviation - 2.88675) < 1e-4)
    #expect(scale.quantiles.count == 101 && abs(scale.quantiles[50]) < 1e-5)
    #expect(zip(scale.quantiles, scale.quantiles.dropFirst()).allSatisfy { $0 < $1 })
    #expect(RewardScale([2, 2, 2]).deviation > 0)
  }

  @Test func `clusters decide what is held out, not the edit`() {
    let names = (0..<600).map { "scene-\($0)" }
    let held = names.filter { HeldOutClusters.holds(["scene": $0], id: "x") }
    #expect((70...130).contains(held.count))
    for name in held { #expect(HeldOutClusters.holds(["scene": name, "object": "a"], id: "y")) }
  }
}

@Suite struct CoherenceBalanceTests {
  /// The sums of real and drawn pixels' weights, of those with grain and of those without.
  private func sums(_ samples: [CoherenceSample]) -> [[Float]] {
    var (sums, index): ([[Float]], Int) = ([[0, 0], [0, 0]], 0)
    let weights = CoherenceBalance(samples).weights
    for sample in samples {
      for (drawn, soft) in zip(sample.drawn, sample.soft) {
        sums[soft == 0 ? 0 : 1][drawn == 0 ? 0 : 1] += weights[index]
        index += 1
      }
    }
    return sums
  }

  private func sample(_ drawn: [UInt8], _ soft: [UInt8]) -> CoherenceSample {
    CoherenceSample(
      picture: BytePicture(width: drawn.count, height: 1, bytes: drawn.flatMap { [$0, $0, $0] }),
      drawn: drawn, soft: soft)
  }

  @Test func `drawn and real pixels count alike, with grain and without`() {
    let found = sums([
      sample([255, 0, 0, 0], [1, 1, 1, 0]), sample([255, 255, 0, 0], [1, 0, 0, 0]),
    ])
    #expect(found[0][0] == 2 && found[0][1] == 2)
    #expect(abs(found[1][0] - 2) < 1e-6 && abs(found[1][1] - 2) < 1e-6)
  }

  @Test func `a single drawn pixel does not carry a batch`() {
    let count = 1_000
    let drawn = [UInt8](repeating: 255, count: 1) + [UInt8](repeating: 0, count: count - 1)
    let found = sums([sample(drawn, [UInt8](repeating: 0, count: count))])
    #expect(found[0][1] == 8)
    #expect(CoherenceBalance([sample([0, 0], [0, 1])]).weights == [0.5, 0.5])
  }
}
