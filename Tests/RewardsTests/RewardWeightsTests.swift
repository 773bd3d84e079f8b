import Testing

@testable import Rewards

@Suite struct `Combined scores` {
  private func score(_ calibrated: Double) -> RewardScore { .init(raw: 0, calibrated: calibrated) }

  @Test func `weights are a mean over the judges that said something`() {
    var scores = RewardScores(aesthetic: score(0.2), alignment: score(0.8), coherence: score(0.5))
    #expect(scores.combined(.equal) == 0.5)
    let standard = (0.25 * 0.2 + 0.8 + 0.1 * 0.5) / 1.35
    #expect(abs((scores.combined() ?? 0) - standard) < 1e-12)
    #expect(abs((scores.combined(.init(aesthetic: 1, alignment: 3)) ?? 0) - 0.65) < 1e-12)
    scores.alignment = nil
    #expect(abs((scores.combined(.equal) ?? 0) - 0.35) < 1e-12)
    #expect(scores.combined(.init(aesthetic: 2, alignment: 9)) == 0.2)
  }

  @Test func `only ratios matter`() {
    let scores = RewardScores(aesthetic: score(0.25), coherence: score(0.75))
    let one = scores.combined(.init(aesthetic: 1, coherence: 3))
    #expect(one == scores.combined(.init(aesthetic: 10, coherence: 30)))
    #expect(one == 0.625)
  }

  @Test func `nothing that counts gives nothing`() {
    #expect(RewardScores().combined() == nil)
    #expect(RewardScores(aesthetic: score(1)).combined(.init(coherence: 1)) == nil)
    #expect(RewardScores(aesthetic: score(1)).combined(.init()) == nil)
  }
}
