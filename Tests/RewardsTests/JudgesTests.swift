import Imaging
import Testing

@testable import Rewards

/// The mean of one channel, plus the length of the text.
private struct MeanJudge: PictureJudgeNetwork {
  var channel = 0

  func reward(of picture: FloatImage, hole: PixelRect?, text: String) throws -> Double {
    let values = stride(from: channel, to: picture.pixels.count, by: 3).map {
      Double(picture.pixels[$0])
    }
    return values.reduce(0, +) / Double(values.count) + Double(text.count)
  }
}

/// Every pixel's green channel at half the size.
private struct GreenJudge: PixelJudgeNetwork {
  func rewards(of picture: FloatImage) throws -> CoherenceMap {
    let half = try picture.resized(
      width: max(1, picture.width / 2), height: max(1, picture.height / 2), filter: .box)
    let green = stride(from: 1, to: half.pixels.count, by: 3).map { half.pixels[$0] }
    return try CoherenceMap(
      rewards: FloatImage(width: half.width, height: half.height, channels: 1, pixels: green))
  }
}

private struct BrokenJudge: PictureJudgeNetwork {
  struct Fault: Error {}
  var value: Double?

  func reward(of picture: FloatImage, hole: PixelRect?, text: String) throws -> Double {
    guard let value else { throw Fault() }
    return value
  }
}

@Suite struct `The judges together` {
  private func identity(_ name: String) -> JudgeIdentity { .init(name: name, hash: "00") }

  private func judges() throws -> Judges {
    let standardisation = try Standardisation(mean: 0.5, deviation: 0.25, path: "test")
    return Judges([
      try Judge(
        .aesthetic, identity: identity("a"), network: .picture(MeanJudge()),
        standardisation: standardisation),
      try Judge(.alignment, identity: identity("b"), network: .picture(MeanJudge(channel: 2))),
      try Judge(
        .coherence, identity: identity("c"), network: .pixels(GreenJudge()),
        calibration: Calibration(quantiles: (0...100).map { Double($0) / 100 })),
    ])
  }

  /// Red 0.75, blue 0.5, green 0.2 at the left and 0.9 at the right.
  private func picture() throws -> FloatImage {
    let pixels = (0..<64).flatMap { index -> [Float] in [0.75, index % 8 < 4 ? 0.2 : 0.9, 0.5] }
    return try FloatImage(width: 8, height: 8, channels: 3, pixels: pixels)
  }

  @Test func `each judge gives its standardised and calibrated score`() throws {
    let left = try Mask(
      width: 8, height: 8, coverage: (0..<64).map { $0 % 8 < 2 ? 255 : 0 })
    let (scores, map) = try judges().score(try picture(), hole: left, prompt: "ab")
    #expect(abs((scores.aesthetic?.raw ?? 0) - (2.75 - 0.5) / 0.25) < 1e-6)
    #expect(abs((scores.alignment?.raw ?? 0) - 2.5) < 1e-6)
    #expect(scores.alignment?.calibrated == Calibration.normal.share(below: 2.5))
    #expect(abs((scores.coherence?.calibrated ?? 0) - 0.2) < 1e-6)
    #expect(map?.width == 8 && map?.height == 8)
  }

  @Test func `without a prompt alignment says nothing`() throws {
    for prompt in [nil, ""] {
      let (scores, _) = try judges().score(try picture(), prompt: prompt)
      #expect(scores.alignment == nil)
      #expect(abs((scores.aesthetic?.raw ?? 0) - 1) < 1e-6)
      #expect(abs((scores.coherence?.raw ?? 0) - 0.55) < 1e-6)
    }
  }

  @Test func `a judge that is off says nothing, and no judge no scores`() throws {
    let one = Judges([
      try Judge(.coherence, identity: identity("c"), network: .pixels(GreenJudge()))
    ])
    let (scores, map) = try one.score(try picture(), prompt: "x")
    #expect(scores.aesthetic == nil && scores.alignment == nil && scores.coherence != nil)
    #expect(map != nil && one[.aesthetic] == nil && !one.isEmpty)
    let none = try Judges.off.score(try picture(), prompt: "x")
    #expect(none.scores == RewardScores() && none.map == nil && Judges.off.isEmpty)
  }

  @Test func `whether scores can be combined is known before`() throws {
    let all = try judges()
    #expect(all.canCombine(.equal, hasPrompt: false))
    #expect(all.canCombine(.init(alignment: 1), hasPrompt: true))
    #expect(!all.canCombine(.init(alignment: 1), hasPrompt: false))
    #expect(!Judges.off.canCombine(.equal, hasPrompt: true))
  }

  @Test func `a judge that fails is named`() throws {
    func score(_ value: Double?) throws {
      let broken = try Judge(
        .aesthetic, identity: identity("x"), network: .picture(BrokenJudge(value: value)))
      _ = try Judges([broken]).score(try picture())
    }
    #expect(throws: RewardError.notFinite(.aesthetic)) { try score(.nan) }
    #expect(throws: RewardError.notFinite(.aesthetic)) { try score(.infinity) }
    #expect(throws: RewardError.self) { try score(nil) }
  }

  @Test func `a network of the wrong kind is refused`() {
    #expect(throws: RewardError.self) {
      try Judge(.coherence, identity: identity("x"), network: .picture(MeanJudge()))
    }
    #expect(throws: RewardError.self) {
      try Judge(.alignment, identity: identity("x"), network: .pixels(GreenJudge()))
    }
  }
}
