import Compute
import Testing

@testable import Datasets

@Suite struct TSNETests {
  private struct Data: Decodable {
    var width: Int
    var values: [Float]
    var principal: [Float]
  }

  /// The share of each point's ten nearest neighbours that a map keeps.
  private func kept(_ map: PointSet, _ points: PointSet) -> Double {
    func neighbours(_ set: PointSet, _ index: Int) -> Set<Int> {
      Set(
        (0..<set.count).filter { $0 != index }.sorted {
          set.squaredDistance(index, to: set, $0) < set.squaredDistance(index, to: set, $1)
        }.prefix(10))
    }
    let shares = (0..<points.count).map {
      Double(neighbours(map, $0).intersection(neighbours(points, $0)).count) / 10
    }
    return shares.reduce(0, +) / Double(shares.count)
  }

  @Test func `the divergence falls, and neighbours are kept better than by principal components`()
    throws
  {
    let golden = try Golden.json(Data.self, "map.json")
    let points = try PointSet(width: golden.width, values: golden.values)
    let result = try TSNE(points, perplexity: 15, iterations: 300)
    let late = Array(result.divergences.dropFirst(result.divergences.count / 4 + 1))
    for (earlier, later) in zip(late, late.dropFirst()) { #expect(later < earlier + 0.01) }
    #expect(result.divergences[0] > 2 * (late.last ?? 9))
    let principal = try PointSet(width: 2, values: golden.principal)
    let (ours, theirs) = (kept(result.map, points), kept(principal, points))
    #expect(ours > theirs + 0.15, "\(ours) against \(theirs)")
  }

  @Test func `gradient: a step's force is that of finite differences`() throws {
    // With momentum, gains and exaggeration out of the way the first step is -rate * gradient.
    let golden = try Golden.json(Data.self, "map.json")
    let points = try PointSet(width: golden.width, values: Array(golden.values.prefix(12 * 12)))
    let graph = NeighbourGraph(points, perplexity: 3)
    var descent = MapDescent(graph, count: 12, seed: 4, spread: 0.5)
    let places = descent.places
    let gradient = descent.gradient(exaggeration: 1)
    for k in places.indices {
      func divergence(_ step: Double) -> Double {
        var moved = descent
        moved.places[k] += step
        return moved.divergence()
      }
      let numeric = (divergence(1e-5) - divergence(-1e-5)) / 2e-5
      #expect(abs(numeric - gradient[k]) < 1e-5 * max(1, abs(numeric)), "\(k)")
    }
    descent.step(exaggeration: 1, momentum: 0)
    #expect(descent.places != places)
  }

  @Test func `probabilities are symmetric, sum to one, and have the perplexity asked for`() throws {
    let golden = try Golden.json(Data.self, "map.json")
    let graph = NeighbourGraph(
      try PointSet(width: golden.width, values: golden.values), perplexity: 10)
    let sum = graph.rows.joined().reduce(0) { $0 + $1.probability }
    #expect(abs(sum - 1) < 1e-9)
    for (index, row) in graph.rows.enumerated() {
      for (other, probability) in row {
        let back = graph.rows[other].first { $0.index == index }?.probability
        #expect(back == probability)
      }
    }
  }

  @Test func `the same map on any number of threads, doubles and limits`() throws {
    var generator = SplitMix(seed: 2)
    let values = (0..<60).map { _ in Float(generator.uniform()) }
    let points = try PointSet(width: 3, values: values + values)
    func map(_ threads: Int) throws -> PointSet {
      try ThreadTeam.$current.withValue(ThreadTeam(threads: threads)) {
        try TSNE(points, perplexity: 5, iterations: 60).map
      }
    }
    let first = try map(1)
    #expect(try map(3) == first)
    #expect(first.values.allSatisfy { $0.isFinite })
    let same = try PointSet(width: 1, values: [Float](repeating: 1, count: 6))
    let together = try TSNE(same, iterations: 40).map.values
    #expect(together.allSatisfy { $0.isFinite })
    #expect(throws: DatasetError.self) { try TSNE(try PointSet(width: 1, values: [1, 2, 3])) }
    #expect(throws: DatasetError.self) {
      try TSNE(try PointSet(width: 1, values: [Float](repeating: 0, count: 5001)))
    }
    #expect(throws: DatasetError.self) { try TSNE(same, perplexity: 0) }
  }
}
