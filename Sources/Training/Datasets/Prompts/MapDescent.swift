import Compute
import Glibc

/// Gradient descent on the map's divergence with momentum and gains.
struct MapDescent {
  /// `[count, 2]`.
  var places: [Double]
  private let graph: NeighbourGraph
  private let count: Int
  private let rate: Double
  private var velocity: [Double]
  private var gains: [Double]

  /// - Parameter spread: the deviation of the places that the points start from.
  init(_ graph: NeighbourGraph, count: Int, seed: UInt64, spread: Double = 1e-4) {
    (self.graph, self.count) = (graph, count)
    var generator = SplitMix(seed: seed)
    // The sum of four uniform numbers is close to normal; its deviation is the root of 1/3.
    places = (0..<2 * count).map { _ in
      spread * 3.0.squareRoot() * ((0..<4).reduce(-2.0) { total, _ in total + generator.uniform() })
    }
    rate = max(50, Double(count) / 12 / 4)
    velocity = [Double](repeating: 0, count: 2 * count)
    gains = [Double](repeating: 1, count: 2 * count)
  }

  mutating func step(exaggeration: Double, momentum: Double) {
    for (k, slope) in gradient(exaggeration: exaggeration).enumerated() {
      move(k, slope, momentum)
    }
    for index in places.indices { places[index] += velocity[index] }
    centre()
  }

  /// Of the divergence by every place, `[count, 2]`; attraction times `exaggeration`.
  func gradient(exaggeration: Double) -> [Double] {
    let repulsion = repulsions()
    let total = repulsion.normalizers.reduce(0, +)
    return (0..<count).flatMap { index in
      let pull = attraction(index)
      return [
        4 * (exaggeration * pull.x - repulsion.forces[2 * index] / total),
        4 * (exaggeration * pull.y - repulsion.forces[2 * index + 1] / total),
      ]
    }
  }

  private mutating func move(_ k: Int, _ gradient: Double, _ momentum: Double) {
    let isSameWay = gradient * velocity[k] > 0
    gains[k] = max(0.01, isSameWay ? gains[k] * 0.8 : gains[k] + 0.2)
    velocity[k] = momentum * velocity[k] - rate * gains[k] * gradient
  }

  private mutating func centre() {
    for axis in 0..<2 {
      let mean =
        stride(from: axis, to: places.count, by: 2).reduce(0) { $0 + places[$1] }
        / Double(count)
      for k in stride(from: axis, to: places.count, by: 2) { places[k] -= mean }
    }
  }

  /// Sum over neighbours of p(ij) w(ij) (y(i) - y(j)), w = 1 / (1 + distance squared).
  private func attraction(_ index: Int) -> (x: Double, y: Double) {
    var (x, y) = (0.0, 0.0)
    for (other, probability) in graph.rows[index] {
      let dx = places[2 * index] - places[2 * other]
      let dy = places[2 * index + 1] - places[2 * other + 1]
      let weight = probability / (1 + dx * dx + dy * dy)
      (x, y) = (x + weight * dx, y + weight * dy)
    }
    return (x, y)
  }

  /// For every point the sum of w² (y(i) - y(j)) and the sum of w over all others.
  private func repulsions() -> (forces: [Double], normalizers: [Double]) {
    var forces = [Double](repeating: 0, count: 2 * count)
    var normalizers = [Double](repeating: 0, count: count)
    forces.withUnsafeMutableBufferPointer { forces in
      normalizers.withUnsafeMutableBufferPointer { normalizers in
        places.withUnsafeBufferPointer { places in
          nonisolated(unsafe) let (forces, normalizers) = (forces, normalizers)
          ThreadTeam.current.forEach(count) { index in
            let (px, py) = (places[2 * index], places[2 * index + 1])
            var (x, y, sum) = (0.0, 0.0, 0.0)
            for other in 0..<count {
              let (dx, dy) = (px - places[2 * other], py - places[2 * other + 1])
              let weight = 1 / (1 + dx * dx + dy * dy)
              sum += weight
              x += weight * weight * dx
              y += weight * weight * dy
            }
            (forces[2 * index], forces[2 * index + 1]) = (x, y)
            // The point itself has weight 1.
            normalizers[index] = sum - 1
          }
        }
      }
    }
    return (forces, normalizers)
  }

  /// The sum of p log(p / q).
  func divergence() -> Double {
    let total = repulsions().normalizers.reduce(0, +)
    var sum = 0.0
    for (index, row) in graph.rows.enumerated() {
      for (other, probability) in row {
        let dx = places[2 * index] - places[2 * other]
        let dy = places[2 * index + 1] - places[2 * other + 1]
        let q = 1 / (1 + dx * dx + dy * dy) / total
        sum += probability * log(probability / max(q, 1e-300))
      }
    }
    return sum
  }
}
