/// A map of points on a plane whose neighbours are the neighbours of the space: t-SNE.
///
/// Attraction over the nearest `3 * perplexity` neighbours, repulsion between all pairs, exactly:
/// O(points squared) an iteration, a minute for 5,000 points on two cores. The same points and
/// seed give the same map on any number of threads. Sources: van der Maaten and Hinton 2008;
/// van der Maaten 2014, section 4.1; the learning rate of Belkina and others 2019.
package struct TSNE: Sendable {
  /// Points a map can have.
  package static let mostPoints = 5000

  /// `[count, 2]`.
  package let map: PointSet
  /// The Kullback-Leibler divergence after every tenth iteration, of the attraction as it is without
  /// exaggeration.
  package let divergences: [Double]

  /// - Parameters:
  ///   - perplexity: how many neighbours count, about; lowered where there are too few points.
  ///   - iterations: the first quarter of them with attraction exaggerated twelvefold.
  /// - Throws: for more than `mostPoints`, or fewer than 4.
  package init(
    _ points: PointSet, perplexity: Double = 30, iterations: Int = 500, seed: UInt64 = 0
  ) throws(DatasetError) {
    guard (4...Self.mostPoints).contains(points.count) else {
      throw .invalidSetting(
        name: "points", reason: "\(points.count); a map can have 4 to \(Self.mostPoints)")
    }
    guard perplexity >= 1, perplexity.isFinite, iterations > 0 else {
      throw .invalidSetting(name: "perplexity", reason: "must be 1 or more, with some iterations")
    }
    let graph = NeighbourGraph(
      points, perplexity: min(perplexity, Double(points.count - 1) / 3))
    var descent = MapDescent(graph, count: points.count, seed: seed)
    var divergences: [Double] = []
    for iteration in 0..<iterations {
      let isEarly = iteration < iterations / 4
      descent.step(exaggeration: isEarly ? 12 : 1, momentum: isEarly ? 0.5 : 0.8)
      if iteration % 10 == 9 || iteration == iterations - 1 {
        divergences.append(descent.divergence())
      }
    }
    self.divergences = divergences
    map = try PointSet(width: 2, values: descent.places.map { Float($0) })
  }
}
