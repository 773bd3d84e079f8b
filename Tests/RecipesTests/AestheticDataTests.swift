import Datasets
import Foundation
import Imaging
import Models
import Rewards
import TestSupport
import Testing

@testable import Recipes

@Suite struct AestheticDataTests {
  private func picture(_ level: UInt8) -> BytePicture {
    BytePicture(
      width: 16, height: 12,
      bytes: (0..<16 * 12 * 3).map { (index: Int) -> UInt8 in level &+ UInt8(index * 7 % 150) })
  }

  /// Candidates whose training terms are all of one value.
  private func set(_ scores: [Double], _ box: PixelRect?) -> CandidateSet {
    set(
      scores.map { score in
        OracleScores(Dictionary(uniqueKeysWithValues: OracleTerm.allCases.map { ($0, score) }))
      }, box)
  }

  private func set(_ scores: [OracleScores], _ box: PixelRect?) -> CandidateSet {
    CandidateSet(
      prompt: "a cup", target: picture(0), reconstruction: picture(0), hole: [], box: box,
      candidates: scores.indices.map { picture(UInt8($0)) }, scores: scores,
      clusters: ["s", "o"], noun: nil, colour: nil)
  }

  private let box = PixelRect(x: 2, y: 3, width: 5, height: 4)

  @Test func `every pair that the scores tell apart is one, doubted the more the closer it is`() {
    let pairs = set([0.5, 0.3, 0.515, 0.45], box).pairs
    let places = pairs.map { [$0.better.bytes[0], $0.worse.bytes[0]] }
    let apart: Set<[UInt8]> = [[0, 1], [2, 1], [3, 1], [0, 3], [2, 3]]
    #expect(Set(places) == apart && places.count == 5)
    let doubts = Dictionary(uniqueKeysWithValues: zip(places, pairs.map(\.doubt)))
    #expect(doubts.values.allSatisfy { 0 < $0 && $0 < 0.5 })
    let leads: [[UInt8]] = [[2, 1], [3, 1], [2, 3]]
    let closer: [Float] = leads.map { doubts[$0] ?? -1 }
    #expect(closer == closer.sorted() && Set(closer).count == 3)
    let wanted = Float(1 / (1 + Foundation.exp(0.05 / 0.03)))
    let doubt: Float = doubts[[0, 3]] ?? 0
    #expect(abs(doubt - wanted) < 1e-6)
    #expect(pairs.allSatisfy { $0.hole == box && $0.annotator == "oracle:training" })
    #expect(set([0.4, 0.41], box).pairs.isEmpty)
  }

  @Test func `an order that one of the terms contradicts is left out`() {
    func pairs(_ cast: Double) -> Int {
      let worse = OracleScores([.sharpness: 0.3, .lighting: 0.5, .cast: 0.9, .seam: 1])
      let better = OracleScores([.sharpness: 0.6, .lighting: 0.7, .cast: cast, .seam: 0])
      return set([worse, better], box).pairs.count
    }
    #expect(pairs(0.95) == 1 && pairs(0.892) == 1)
    #expect(pairs(0.89) == 0 && pairs(0.8) == 0)
  }

  @Test func `a softened candidate has lost detail in its hole and nothing elsewhere`() throws {
    let hole = (0..<192).map { (index: Int) -> UInt8 in index % 16 < 9 ? 255 : 0 }
    let drawn = picture(3)
    let set = CandidateSet(
      prompt: "a cup", target: drawn, reconstruction: drawn, hole: hole, box: box,
      candidates: [drawn], scores: [], clusters: ["s", "o"], noun: nil, colour: nil)
    func detail(_ picture: BytePicture) -> Int {
      (0..<12).reduce(0) { sum, row in
        sum
          + (0..<7).reduce(0) { sum, column in
            let place = (row * 16 + column) * 3
            return sum + abs(Int(picture.bytes[place]) - Int(picture.bytes[place + 3]))
          }
      }
    }
    var choices = SplitMix(seed: 2)
    for _ in 0..<20 {
      let pair = try AestheticData.softenedPair(drawn, set, &choices)
      #expect(pair.better == drawn && pair.hole == box && pair.doubt == 0)
      #expect(detail(pair.worse) < detail(drawn))
      #expect(pair.worse.pasted(into: drawn, hole: hole) == pair.worse)
    }
  }

  @Test func `in a mirror the hole lies on the other side`() throws {
    let pair = try #require(set([0.5, 0.3], box).pairs.first)
    #expect(pair.mirrored.hole == PixelRect(x: 9, y: 3, width: 5, height: 4))
    #expect(pair.mirrored.better == pair.better.mirrored)
    #expect(pair.mirrored.mirrored.hole == box)
    #expect(set([0.5, 0.3], nil).pairs.first?.mirrored.hole == nil)
  }

  @Test func `a shifted box stays inside and near`() {
    var choices = SplitMix(seed: 9)
    let box = PixelRect(x: 40, y: 0, width: 60, height: 30)
    var found: Set<PixelRect> = []
    for _ in 0..<500 {
      let shifted = AestheticData.shifted(box, width: 128, height: 96, &choices)
      #expect(shifted.isInside(width: 128, height: 96))
      let sides = [shifted.x - 40, shifted.y, shifted.maxX - 100, shifted.maxY - 30]
      #expect(sides.allSatisfy { abs($0) <= 6 }, "\(shifted)")
      found.insert(shifted)
    }
    #expect(found.count > 300)
    let dot = PixelRect(x: 127, y: 95, width: 1, height: 1)
    #expect(AestheticData.shifted(dot, width: 128, height: 96, &choices) == dot)
  }

  @Test func `training sees of a picture what the judge sees in use, to the bit`() throws {
    var network = NetworkSettings()
    (network.imageSize, network.patch) = (32, 8)
    let vocabulary = try Vocabularies.small()
    for view in JudgeView.allCases {
      network.view = view
      let judge = try TextJudge(network, vocabulary: vocabulary)
      let edits = [box, nil, PixelRect(x: 0, y: 0, width: 16, height: 12)].enumerated().map {
        EditedPicture(picture: picture(UInt8(20 * $0)), hole: $1)
      }
      let inUse = JudgePixels(side: 32, judge.configuration.pixels, view: view)
      let wanted = try edits.flatMap {
        try inUse.tensor(of: $0.picture.image, hole: $0.hole).values
      }
      #expect(try judge.pixels(edits).values == wanted)
    }
  }

  @Test func `the table of bytes and the judge's own input agree`() throws {
    var network = NetworkSettings()
    (network.imageSize, network.patch) = (16, 8)
    let judge = try TextJudge(network, vocabulary: try Vocabularies.small())
    let square = BytePicture(
      width: 16, height: 16, bytes: (0..<768).map { (index: Int) -> UInt8 in UInt8(index % 256) })
    #expect(
      judge.pixels([square]).values
        == (try judge.pixels([EditedPicture(picture: square, hole: nil)])).values)
  }

  @Test func `people's votes have their masks read, and none where there is none`() throws {
    let scratch = try ScratchFolder()
    try Data(try picture(0).png).write(to: URL(fileURLWithPath: "\(scratch.path)/a.png"))
    try Data(try picture(9).png).write(to: URL(fileURLWithPath: "\(scratch.path)/b.png"))
    let hole = BytePicture(
      width: 16, height: 12,
      bytes: (0..<192).flatMap { (index: Int) -> [UInt8] in
        let isInside = (2..<7).contains(index % 16) && (3..<7).contains(index / 16)
        return [UInt8](repeating: isInside ? 255 : 0, count: 3)
      })
    try Data(try hole.png).write(to: URL(fileURLWithPath: "\(scratch.path)/m.png"))
    func read(_ mask: String) throws -> [PreferredPair] {
      let line =
        #"{"id": "1", "prompt": "a cup", "task": "inpaint", "annotator": "ann", "#
        + #""best": "b.png", "worst": "a.png"\#(mask)}"#
      try scratch.write("preferences.jsonl", line + "\n")
      return try PreferredPair.read(scratch.path, []).map(\.element)
    }
    let pair = try #require(try read(#", "mask": "m.png""#).first)
    #expect(pair.hole == box && pair.doubt == 0 && pair.better == picture(9))
    #expect(try read("").first?.hole == nil)
    #expect(throws: RecipeError.self) { try read(#", "mask": "n.png""#) }
  }
}
