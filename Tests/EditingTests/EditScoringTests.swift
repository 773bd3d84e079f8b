import Compute
import Imaging
import Testing

@testable import Editing
@testable import Rewards

/// Every candidate is judged, and the best come back.
@Suite struct EditScoringTests {
  private let hole = Hole(width: 100, height: 80, boxes: [(30, 20, 40, 35)])

  private func request(seed: UInt32 = 5, count: Int = 1) -> EditRequest {
    var request = Fixture.request(
      image: Scene.png(width: 100, height: 80), mask: hole.png, seed: seed)
    request.count = count
    return request
  }

  private func editor(_ judges: Judges? = nil) throws -> Editor {
    Editor(model: try Fixture.model(), judges: try judges ?? FakeJudges.all(), build: "test")
  }

  /// Combined scores of candidates 0 ..< count, by their index.
  private func combined(_ count: Int, seed: UInt32 = 5) throws -> [Double] {
    let result = try editor().edit(request(seed: seed, count: count))
    return result.candidates.sorted { $0.index < $1.index }.compactMap(\.combined)
  }

  @Test func `candidates come best first, each with its scores`() throws {
    let result = try editor().edit(request(count: 5))
    let scores = result.candidates.compactMap(\.combined)
    #expect(scores.count == 5 && scores == scores.sorted(by: >) && Set(scores).count == 5)
    #expect(result.candidates.map(\.index).sorted() == [0, 1, 2, 3, 4])
    #expect(result.candidates.map(\.index) != [0, 1, 2, 3, 4], "the fakes happen to agree")
    for candidate in result.candidates {
      #expect(candidate.seed == 5 + UInt32(candidate.index))
      #expect(candidate.scores?.combined() == candidate.combined)
      #expect(candidate.scores?.alignment != nil && candidate.scores?.coherence != nil)
    }
    #expect((result.timings[.score] ?? 0) > 0)
  }

  @Test func `a candidate's scores and bytes do not depend on the others`() throws {
    for candidate in try editor().edit(request(seed: 41, count: 4)).candidates {
      let alone = try editor().edit(request(seed: 41 + UInt32(candidate.index))).candidates[0]
      #expect(candidate.bytes == alone.bytes && candidate.receipt == alone.receipt)
      #expect(candidate.scores == alone.scores && candidate.heatMap == alone.heatMap)
    }
  }

  @Test func `one, two and three threads give the same scores`() throws {
    let expected = try editor().edit(request(count: 2)).candidates
    for threads in 1...3 {
      let found = try ThreadTeam.$current.withValue(ThreadTeam(threads: threads)) {
        try editor().edit(request(count: 2)).candidates
      }
      #expect(found.map(\.scores) == expected.map(\.scores), "\(threads) threads")
      #expect(found.map(\.heatMap) == expected.map(\.heatMap))
      #expect(found.map(\.bytes) == expected.map(\.bytes))
    }
  }

  @Test func `a result scored again has the scores it came with`() throws {
    var edit = request()
    edit.feather = 4
    let candidate = try editor().edit(edit).candidates[0]
    var score = ScoreRequest(
      image: candidate.bytes, mask: hole.png, prompt: "a red balloon")
    score.wantsHeatMap = true
    let again = try editor().score(score)
    #expect(again.scores == candidate.scores && again.combined == candidate.combined)
    #expect(again.heatMap == candidate.heatMap && again.mask?.rule == "luma")
    score.mask = nil
    let whole = try editor().score(score)
    #expect(whole.scores != candidate.scores && whole.mask == nil)
    #expect(whole.region == PixelRect(x: 0, y: 0, width: 100, height: 80))
  }

  @Test func `the heat map lies over the judged region`() throws {
    let candidate = try editor().edit(request()).candidates[0]
    let map = try #require(candidate.heatMap)
    let picture = try ImageDecoder.decode(map.bytes)
    #expect(picture.width == map.region.width && picture.height == map.region.height)
    let region = map.region
    #expect([region.x, region.y, region.width, region.height] == candidate.receipt.region)
    let without = try editor(FakeJudges.only(.aesthetic)).edit(request()).candidates[0]
    #expect(without.heatMap == nil && without.scores?.aesthetic == candidate.scores?.aesthetic)
  }

  @Test func `a heat map of a large region stays within its longest side`() throws {
    let rewards = try FloatImage(
      width: 8, height: 4, channels: 1, pixels: [Float](repeating: 1, count: 32))
    let map = try CoherenceMap(rewards: rewards)
    let region = PixelRect(x: 3, y: 5, width: 4000, height: 1000)
    let shown = try HeatMap(map, over: region)
    #expect(shown.width == 1024 && shown.height == 256 && shown.region == region)
  }

  @Test func `only the best are returned, and only they are encoded`() throws {
    var request = request(count: 6)
    // By these the best do not come last, or all six would be encoded on the way.
    request.selection.weights = .equal
    let all = try editor().edit(request).candidates
    for returned in [1, 3, 6] {
      request.selection.returned = returned
      var encoded = 0
      let found = try editor().edit(request) { event in
        if case .stage(.encode, _) = event { encoded += 1 }
      }.candidates
      #expect(found.map(\.bytes) == all.prefix(returned).map(\.bytes))
      #expect(returned == 6 ? encoded == 6 : encoded < 6)
    }
  }

  @Test func `files are told when they are whole, if nothing can displace them`() throws {
    for (returned, minimum) in [(3, nil), (1, nil), (3, 0.0)] {
      var request = request(count: 3)
      request.selection.returned = returned
      request.selection.minimumScore = minimum
      request.selection.retries = 1
      var told: [[UInt8]] = []
      let found = try editor().edit(request) { event in
        if case .file(let bytes, "image/png") = event { told.append(bytes) }
      }.candidates.sorted { $0.index < $1.index }
      // A minimum may have more drawn, and those may be better.
      let expected = found.flatMap { [$0.heatMap?.bytes, $0.bytes].compactMap(\.self) }
      #expect(told == (returned == 3 && minimum == nil ? expected : []))
    }
  }

  @Test func `weights decide the order`() throws {
    for judge in JudgeKind.allCases {
      var request = request(count: 5)
      request.selection.weights = RewardWeights()
      request.selection.weights?[judge] = 2
      let found = try editor().edit(request).candidates
      let scores = found.compactMap { $0.scores?[judge]?.calibrated }
      #expect(scores == scores.sorted(by: >) && scores == found.map(\.combined))
    }
  }

  @Test func `every judged candidate is told once`() throws {
    var told: [Int: RewardScores] = [:]
    let found = try editor().edit(request(count: 3)) { event in
      guard case .scored(let index, let scores, let combined) = event else { return }
      #expect(told.updateValue(scores, forKey: index) == nil && scores.combined() == combined)
    }.candidates
    #expect(told.count == 3)
    for candidate in found { #expect(told[candidate.index] == candidate.scores) }
  }

  @Test func `the receipt names the judges, and none where all are off`() throws {
    let receipt = try editor().edit(request()).candidates[0].receipt
    #expect(receipt.judges?.map(\.judge) == ["aesthetic", "alignment", "coherence"])
    #expect(receipt.judges?.map(\.hash).first == "hash of aesthetic")
    let off = try editor(.off).edit(request()).candidates[0]
    #expect(off.receipt.judges == nil && off.scores == nil && off.combined == nil)
  }

  @Test func `judges change no pixel`() throws {
    let judged = try ImageDecoder.decode(editor().edit(request()).candidates[0].bytes)
    let plain = try ImageDecoder.decode(editor(.off).edit(request()).candidates[0].bytes)
    #expect(judged == plain)
  }

  @Test func `erasing without a prompt has no alignment`() throws {
    var request = request(count: 3)
    request.task = .erase
    request.prompt = ""
    for candidate in try editor().edit(request).candidates {
      #expect(candidate.scores?.alignment == nil && candidate.combined != nil)
    }
  }

  // MARK: A minimum

  @Test func `more are drawn with the seeds that follow until enough are good enough`() throws {
    let all = try combined(10) + combined(10, seed: 15)
    // Two in a row that are worse than one of the next eight.
    func wanted(_ first: Int) -> Int? {
      (first + 2..<first + 10).first { all[$0] > max(all[first], all[first + 1]) }
    }
    let first = try #require((0..<10).first { wanted($0) != nil })
    let wanted = try #require(wanted(first)) - first
    let seed = 5 + UInt32(first)
    var request = request(seed: seed, count: 2)
    request.selection.returned = 1
    request.selection.minimumScore = all[first + wanted]
    request.selection.retries = 8
    var told: [Int] = []
    let result = try editor().edit(request) { event in
      if case .scored(let index, _, _) = event { told.append(index) }
    }
    #expect(told == Array(0...wanted))
    #expect(result.candidates.map(\.index) == [wanted])
    #expect(result.candidates[0].seed == seed + UInt32(wanted) && result.warnings.isEmpty)
  }

  @Test func `a budget that is used up ends in the best and a warning, or in a failure`() throws {
    let scores = try combined(5)
    var request = request(count: 2)
    request.selection.minimumScore = 1
    request.selection.retries = 3
    let result = try editor().edit(request)
    #expect(result.candidates.map(\.combined) == scores.sorted(by: >).prefix(2).map { $0 })
    #expect(
      result.warnings.count == 1 && result.warnings[0].contains("min_score 1.0 after 5 draws"))
    request.selection.failsBelowMinimum = true
    let error = #expect(throws: EditError.self) { try editor().edit(request) }
    guard case .belowMinimum(let best, 1, drawn: 5)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(best == scores.max())
  }

  @Test func `nothing more is drawn where all are good enough, or none were asked for`() throws {
    var request = request(count: 2)
    var told = 0
    for minimum in [0.0, nil] {
      request.selection.minimumScore = minimum
      let result = try editor().edit(request) { event in
        if case .scored = event { told += 1 }
      }
      #expect(result.warnings.isEmpty)
    }
    #expect(told == 4)
  }

  @Test func `what cannot be selected is refused by its field, before anything is drawn`() throws {
    func field(_ judges: Judges, _ change: (inout EditRequest) -> Void) throws -> String? {
      var request = request(count: 2)
      change(&request)
      var told = 0
      do {
        _ = try editor(judges).edit(request) { _ in told += 1 }
        return nil
      } catch EditError.invalidRequest(let field, _) {
        #expect(told == 0)
        return field
      }
    }
    let all = try FakeJudges.all()
    #expect(try field(all) { $0.selection.returned = 3 } == "return")
    #expect(try field(all) { $0.selection.returned = 0 } == "return")
    #expect(try field(all) { $0.selection.minimumScore = 1.1 } == "min_score")
    #expect(try field(all) { $0.selection.retries = 21 } == "retries")
    #expect(try field(all) { $0.selection.weights = .init(aesthetic: -1) } == "select")
    #expect(try field(all) { $0.selection.weights = .init() } == "select")
    #expect(try field(.off) { $0.selection.returned = 1 } == "return")
    #expect(try field(.off) { $0.selection.minimumScore = 0 } == "min_score")
    let one = try FakeJudges.only(.alignment)
    #expect(try field(one) { $0.selection.weights = .init(coherence: 1) } == "select")
    #expect(
      try field(one) {
        $0.task = .erase
        $0.prompt = ""
        $0.selection.returned = 1
      } == "return")
    #expect(try field(.off) { $0.selection.returned = 2 } == nil)
  }
}
