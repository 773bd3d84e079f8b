import Foundation
import Imaging
import Testing

@testable import Rewards

@Suite struct `Coherence maps` {
  private func map(_ width: Int, _ height: Int, _ reward: (Int, Int) -> Float) throws
    -> CoherenceMap
  {
    let rewards = (0..<height).flatMap { y in (0..<width).map { x in reward(x, y) } }
    return try CoherenceMap(
      rewards: FloatImage(width: width, height: height, channels: 1, pixels: rewards))
  }

  @Test func `the reward of a picture is the mean over its hole`() throws {
    let map = try map(4, 3) { x, y in Float(x + 10 * y) }
    var coverage = [UInt8](repeating: 0, count: 12)
    (coverage[1], coverage[6]) = (255, 1)
    let hole = try Mask(width: 4, height: 3, coverage: coverage)
    #expect(try map.meanReward(over: hole) == (1 + 12) / 2)
    #expect(try map.meanReward() == 11.5)
    #expect(throws: ImagingError.self) {
      try map.meanReward(over: Mask(width: 3, height: 4, coverage: coverage))
    }
  }

  @Test func `probabilities are the logistic function of the rewards`() throws {
    let map = try map(3, 1) { x, _ in [0, 3, -200][x] }
    let found = map.probabilities.pixels
    #expect(found[0] == 0.5)
    #expect(abs(found[1] - 1 / (1 + exp(-3))) < 1e-6)
    #expect(found[2] >= 0 && found[2] < 1e-30)
  }

  @Test func `a heat map is dark where a pixel is real and bright where it is generated`() throws {
    let map = try map(8, 8) { x, _ in x < 4 ? 12 : -12 }
    let picture = try map.heatMap(width: 16, height: 24)
    #expect(picture.width == 16 && picture.height == 24 && picture.channels == 3)
    let encoded = try ImageDecoder.decode(try ImageEncoder.png(picture))
    let region = try encoded.region(encoded.bounds)
    func pixel(_ x: Int, _ y: Int) -> [UInt8] {
      (0..<3).map { UInt8((region[x, y, $0] * 255).rounded()) }
    }
    #expect(pixel(0, 12) == HeatScale.colour(of: 0))
    #expect(pixel(15, 12) == HeatScale.colour(of: 1))
  }

  @Test func `the colours of a heat rise in brightness and are cut at their ends`() {
    let luma = stride(from: Float(0), through: 1, by: 0.01).map { heat -> Double in
      let colour = HeatScale.colour(of: heat).map(Double.init)
      return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]
    }
    #expect(zip(luma, luma.dropFirst()).allSatisfy { $0 <= $1 + 0.5 })
    #expect((luma.last ?? 0) - luma[0] > 200)
    #expect(HeatScale.colour(of: -3) == HeatScale.colour(of: 0))
    #expect(HeatScale.colour(of: 7) == HeatScale.colour(of: 1))
    #expect(HeatScale.colour(of: .nan) == HeatScale.colour(of: 0))
  }
}
