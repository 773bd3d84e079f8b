import Foundation
import Testing

@testable import Datasets

struct ExactMathTests {
  @Test func `sine and cosine are right to five digits`() {
    for step in -2000...2000 {
      let turns = Float(step) / 700
      let angle = Double(turns) * 2 * .pi
      #expect(abs(Double(ExactMath.sine(turns: turns)) - sin(angle)) < 2e-5)
      #expect(abs(Double(ExactMath.cosine(turns: turns)) - cos(angle)) < 2e-5)
    }
  }

  @Test func `noise has mean 0 and deviation 1 and tiles`() {
    let field = SmoothNoise.field(
      width: 64, height: 48, cells: (4, 3), octaves: 4, gain: 0.6, random: SplitMix(seed: 9))
    let mean = field.reduce(0, +) / Float(field.count)
    let deviation = (field.reduce(0) { $0 + $1 * $1 } / Float(field.count)).squareRoot()
    #expect(abs(mean) < 0.3 && deviation > 0.6 && deviation < 1.4)
    for y in 0..<48 { #expect(abs(field[y * 64] - field[y * 64 + 63]) < 1.2) }
  }

  @Test func `shapes know their distances`() {
    let grid = SampleGrid(
      width: 9, height: 1, origin: SIMD2(-2, 0), right: SIMD2(0.5, 0), down: SIMD2(0, -1))
    func near(_ shape: Shape, _ expected: [Float]) -> Bool {
      zip(shape.distances(on: grid), expected).allSatisfy { abs($0 - $1) < 1e-3 }
    }
    #expect(near(.disc(0, 0, 1), [1, 0.5, 0, -0.5, -1, -0.5, 0, 0.5, 1]))
    #expect(near(.slab(0, 0, 1, 5, 0), [1, 0.5, 0, -0.5, -1, -0.5, 0, 0.5, 1]))
    #expect(
      near(
        .area([at(-1, -5), at(1, -5), at(1, 5), at(-1, 5)], 0),
        [1, 0.5, 0, -0.5, -1, -0.5, 0, 0.5, 1]))
    #expect(near(.rod(-1, 0, 1, 0, 0.5), [0.5, 0, -0.5, -0.5, -0.5, -0.5, -0.5, 0, 0.5]))
    #expect(
      near(.turned(.slab(0, 0, 5, 1, 0), 0.25, .zero), [1, 0.5, 0, -0.5, -1, -0.5, 0, 0.5, 1]))
    #expect(near(.difference(.disc(0, 0, 1), .disc(0, 0, 0.5)), [1, 0.5, 0, 0, 0.5, 0, 0, 0.5, 1]))
  }
}
