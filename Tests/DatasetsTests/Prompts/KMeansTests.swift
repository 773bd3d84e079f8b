import Compute
import Testing

@testable import Datasets

@Suite struct KMeansTests {
  private struct Case: Decodable {
    var groups: Int
    var width: Int
    var values: [Float]
    var inertia: Double
  }

  @Test func `inertia is as low as the best of fifty starts of scipy`() throws {
    for golden in try Golden.json([Case].self, "kmeans.json") {
      let points = try PointSet(width: golden.width, values: golden.values)
      let result = try KMeans(points, groups: golden.groups, seed: 1, restarts: 50)
      #expect(result.inertia < golden.inertia * 1.005, "\(result.inertia) \(golden.inertia)")
      #expect(result.inertia > golden.inertia * 0.98)
      let sum = (0..<points.count).reduce(0) {
        $0 + points.squaredDistance($1, to: result.centres, result.groups[$1])
      }
      #expect(abs(sum - result.inertia) < 1e-6 * sum)
    }
  }

  @Test func `the same groups on any number of threads`() throws {
    let golden = try #require(try Golden.json([Case].self, "kmeans.json").last)
    let points = try PointSet(width: golden.width, values: golden.values)
    func groups(_ threads: Int) throws -> [Int] {
      try ThreadTeam.$current.withValue(ThreadTeam(threads: threads)) {
        try KMeans(points, groups: 9, seed: 3).groups
      }
    }
    #expect(try groups(1) == groups(3))
  }

  @Test func `fewer different points than groups, and one group a point`() throws {
    let same = try PointSet(width: 2, values: [1, 1, 1, 1, 1, 1, 2, 2])
    let result = try KMeans(same, groups: 4)
    #expect(result.inertia == 0)
    #expect(result.groups[0] != result.groups[3])
    #expect(throws: DatasetError.self) { try KMeans(same, groups: 5) }
    #expect(throws: DatasetError.self) { try KMeans(same, groups: 0) }
    #expect(throws: DatasetError.self) { try PointSet(width: 3, values: [1, 2]) }
    #expect(throws: DatasetError.self) { try PointSet(width: 1, values: [.nan]) }
  }
}
