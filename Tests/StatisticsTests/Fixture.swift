import Foundation

/// What numpy and scipy say (Scripts/fixtures/make_statistics.py).
struct Fixture: Decodable {
  struct Area: Decodable {
    let positives: [Float]
    let negatives: [Float]
    let area: Double
  }

  struct Sample: Decodable {
    let values: [Double]
    let deciles: [Double]
    let mean: Double
    let deviation: Double
  }

  struct Share: Decodable {
    let clusters: Int
    let right: Int
    let bounds: [Double]
  }

  let areas: [Area]
  let quantiles: [Sample]
  let shares: [Share]

  static func read() throws -> Fixture {
    let file = Bundle.module.bundleURL.appending(path: "Fixtures/statistics.json")
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file))
  }
}

/// A fixed stream of numbers (Knuth's MMIX constants), mixed so that its high bits are good.
struct TestGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let mixed = (state ^ (state >> 33)) &* 0xff51_afd7_ed55_8ccd
    return mixed ^ (mixed >> 29)
  }
}
