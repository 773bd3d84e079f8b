import Statistics
import Testing

@Suite struct ClusteredMeanTests {
  private struct Counting: RandomNumberGenerator {
    var state: UInt64 = 9
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state
    }
  }

  @Test func `the mean is over values, the interval over clusters`() throws {
    var mean = ClusteredMean()
    for value in [1.0, 1, 1, 1] { mean.add(value, cluster: "a") }
    for value in [-1.0, 0] { mean.add(value, cluster: "b") }
    var generator = Counting()
    let estimate = try #require(mean.estimate(using: &generator))
    #expect(estimate.value == 0.5)
    #expect(estimate.count == 6 && estimate.clusters == 2)
    // Drawn twice, a cluster stands alone.
    #expect(estimate.interval == -0.5...1)
  }

  @Test func `nothing has no mean, and one cluster no interval`() throws {
    var (mean, generator) = (ClusteredMean(), Counting())
    #expect(mean.estimate(using: &generator) == nil)
    mean.add(3, cluster: "a")
    let estimate = try #require(mean.estimate(using: &generator))
    #expect(estimate.value == 3 && estimate.interval == nil)
  }
}
