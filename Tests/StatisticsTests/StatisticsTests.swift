import Statistics
import Testing

@Suite struct QuantilesTests {
  @Test func `quantiles, means and deviations are numpy's`() throws {
    for sample in try Fixture.read().quantiles {
      let quantiles = try #require(Quantiles(sample.values))
      for (value, wanted) in zip(quantiles.evenlySpaced(parts: 10), sample.deciles) {
        #expect(abs(value - wanted) < 1e-12)
      }
      let moments = Moments(sample.values)
      #expect(abs(moments.mean - sample.mean) < 1e-12)
      #expect(abs(moments.deviation - sample.deviation) < 1e-12)
    }
  }

  @Test func `shares outside 0 to 1 are the extremes`() throws {
    let quantiles = try #require(Quantiles([3, 1, 2]))
    #expect(quantiles[-1] == 1 && quantiles[0.5] == 2 && quantiles[7] == 3)
  }

  @Test func `nothing and no numbers have no quantiles`() {
    #expect(Quantiles([]) == nil)
    #expect(Quantiles([1, .nan]) == nil)
  }
}

@Suite struct PairAccuracyTests {
  @Test func `a tie is half right, a score that is no number is wrong`() {
    var accuracy = PairAccuracy()
    #expect(accuracy.value == nil)
    accuracy.add(better: 1, worse: 0)
    accuracy.add(better: 1, worse: 1)
    #expect(accuracy.value == 0.75)
    accuracy.add(better: .nan, worse: 0)
    accuracy.add(better: 0, worse: .nan)
    #expect(accuracy.value == 0.375 && accuracy.count == 4)
  }

  @Test func `the interval is that of a binomial where clusters are right or wrong as a whole`()
    throws
  {
    for share in try Fixture.read().shares {
      var accuracy = PairAccuracy()
      for pair in 0..<share.clusters * 5 {
        let cluster = pair % share.clusters
        accuracy.add(better: cluster < share.right ? 1 : -1, worse: 0, cluster: "\(cluster)")
      }
      var generator = TestGenerator(state: 5)
      let estimate = try #require(
        accuracy.estimate(ClusteredBootstrap(resamples: 4_000), using: &generator))
      let interval = try #require(estimate.interval)
      // A draw more or less in 4,000 may move a bound by one cluster.
      let slack = 1.01 / Double(share.clusters)
      #expect(abs(interval.lowerBound - share.bounds[0]) < slack)
      #expect(abs(interval.upperBound - share.bounds[1]) < slack)
      #expect(estimate.value == Double(share.right) / Double(share.clusters))
      #expect(estimate.count == share.clusters * 5 && estimate.clusters == share.clusters)
    }
  }

  @Test func `pairs that share a cluster make the interval wider`() throws {
    var (apart, together) = (PairAccuracy(), PairAccuracy())
    for pair in 0..<400 {
      let better = pair / 10 % 4 == 0 ? -1.0 : 1
      apart.add(better: better, worse: 0, cluster: "\(pair)")
      together.add(better: better, worse: 0, cluster: "\(pair / 10)")
    }
    func width(_ accuracy: PairAccuracy) throws -> Double {
      var generator = TestGenerator(state: 5)
      let interval = try #require(accuracy.estimate(using: &generator)?.interval)
      return interval.upperBound - interval.lowerBound
    }
    // The root of ten, but for what the draws leave to chance.
    #expect(abs(try width(together) / width(apart) - 3.16) < 0.35)
  }

  @Test func `the same seed gives the same interval`() {
    var accuracy = PairAccuracy()
    for pair in 0..<50 { accuracy.add(better: Double(pair % 3), worse: 1, cluster: "\(pair % 20)") }
    func estimate(_ seed: UInt64) -> Estimate? {
      var generator = TestGenerator(state: seed)
      return accuracy.estimate(ClusteredBootstrap(resamples: 200), using: &generator)
    }
    #expect(estimate(1) == estimate(1))
    #expect(estimate(1) != estimate(2))
  }

  @Test func `one cluster has no interval`() throws {
    var accuracy = PairAccuracy()
    for _ in 0..<9 { accuracy.add(better: 1, worse: 0) }
    var generator = TestGenerator(state: 1)
    let estimate = try #require(accuracy.estimate(using: &generator))
    #expect(estimate.interval == nil && estimate.value == 1)
  }
}

@Suite struct AreaUnderCurveTests {
  private func area(_ positives: [Float], _ negatives: [Float]) -> AreaUnderCurve {
    var area = AreaUnderCurve()
    for score in positives { area.add(score: score, isPositive: true) }
    for score in negatives { area.add(score: score, isPositive: false) }
    return area
  }

  @Test func `the area is scipy's Mann-Whitney statistic, ties included`() throws {
    for fixture in try Fixture.read().areas {
      let value = try #require(area(fixture.positives, fixture.negatives).value)
      #expect(abs(value - fixture.area) < 1e-12)
    }
  }

  @Test func `separated, mixed up and undefined`() {
    #expect(area([2, 3], [0, 1]).value == 1)
    #expect(area([0, 1], [2, 3]).value == 0)
    #expect(area([1, 1], [1, 1, 1]).value == 0.5)
    #expect(area([1], []).value == nil)
    #expect(area([.nan, 3], [0]).value == 0.5)
    #expect(area([3], [.nan, 0]).value == 0.5)
  }

  @Test func `an interval of clusters holds the area and narrows with more of them`() throws {
    func estimate(clusters: Int) throws -> Estimate {
      var (area, generator) = (AreaUnderCurve(), TestGenerator(state: 3))
      for cluster in 0..<clusters {
        let shift = Float(generator.next() % 1_000) / 1_000
        for sample in 0..<10 {
          let noise = Float(generator.next() % 1_000) / 1_000
          area.add(
            score: noise + shift + (sample % 2 == 0 ? 0.4 : 0), isPositive: sample % 2 == 0,
            cluster: "\(cluster)")
        }
      }
      return try #require(area.estimate(ClusteredBootstrap(resamples: 400), using: &generator))
    }
    let (few, many) = (try estimate(clusters: 10), try estimate(clusters: 250))
    func width(_ estimate: Estimate) throws -> Double {
      let interval = try #require(estimate.interval)
      #expect(interval.contains(estimate.value))
      return interval.upperBound - interval.lowerBound
    }
    // Five times narrower for 25 times as many clusters.
    #expect(abs(try width(few) / width(many) - 5) < 1.8)
  }
}
