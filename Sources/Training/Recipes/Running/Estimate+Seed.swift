import Datasets
package import Statistics

extension PairAccuracy {
  /// The estimate with the resamples of a seed.
  package func estimate(seed: UInt64) -> Estimate? {
    var generator = SplitMix(seed: seed)
    return estimate(using: &generator)
  }
}

extension AreaUnderCurve {
  /// The estimate with the resamples of a seed.
  package func estimate(seed: UInt64) -> Estimate? {
    var generator = SplitMix(seed: seed)
    return estimate(ClusteredBootstrap(resamples: 400), using: &generator)
  }
}

extension ClusteredMean {
  /// The estimate with the resamples of a seed.
  package func estimate(seed: UInt64) -> Estimate? {
    var generator = SplitMix(seed: seed)
    return estimate(using: &generator)
  }
}
