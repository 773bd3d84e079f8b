import Foundation
import TestSupport
import Testing

@testable import Rewards

@Suite struct `Calibration of scores` {
  /// Quantiles -5, -4.9 … 5.
  private let even = (0...100).map { -5 + Double($0) / 10 }

  @Test(arguments: [
    (-9.0, 0.0), (-5, 0), (-4.9, 0.01), (0, 0.5), (0.05, 0.505), (4.99, 0.999), (5, 1), (6, 1),
  ])
  func `a score lies between its quantiles by a straight line`(
    score: Double, expected: Double
  ) throws {
    let share = try Calibration(quantiles: even).share(below: score)
    #expect(abs(share - expected) < 1e-12)
  }

  @Test func `on a run of equal quantiles the middle counts`() throws {
    var quantiles = even
    for index in 40...60 { quantiles[index] = -1 }
    for index in 61...100 { quantiles[index] = Double(index) }
    let calibration = try Calibration(quantiles: quantiles)
    #expect(calibration.share(below: -1) == 0.5)
    #expect(calibration.share(below: -1.0001) < 0.4)
    #expect(calibration.share(below: -0.9999) > 0.6)
  }

  @Test func `a higher score never has a lower share`() throws {
    let calibration = try Calibration(quantiles: (0...100).map { pow(Double($0) / 20, 3) })
    let shares = stride(from: -1.0, to: 130, by: 0.037).map { calibration.share(below: $0) }
    #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(shares.first == 0 && shares.last == 1)
  }

  @Test func `without held-out edits the normal distribution stands in`() {
    #expect(Calibration.normal.share(below: 0) == 0.5)
    #expect(abs(Calibration.normal.share(below: 1.959964) - 0.975) < 1e-6)
    #expect(abs(Calibration.normal.share(below: -1) - 0.158655) < 1e-6)
  }

  @Test(arguments: [
    #"{"quantiles": [1, 2]}"#, #"{}"#, #"[]"#, "not JSON",
    #"{"quantiles": ["# + (0...100).map { "\(-$0)" }.joined(separator: ",") + "]}",
    #"{"quantiles": ["# + (0...100).map { $0 == 7 ? "null" : "\($0)" }.joined(separator: ",")
      + "]}",
  ])
  func `a file that is none is refused by its path`(text: String) throws {
    let folder = try ScratchFolder()
    try folder.write("calibration.json", text)
    let error = #expect(throws: RewardError.self) {
      try Calibration(contentsOf: folder.path + "/calibration.json")
    }
    #expect(error?.description.contains(folder.path) == true)
  }
}
