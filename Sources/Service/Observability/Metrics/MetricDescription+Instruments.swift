package import Metrics

/// Instruments of a described metric; making one is a look-up, so it may be done at each use.
extension MetricDescription {
  package func counter(
    _ labels: [(String, String)] = [], factory: any MetricsFactory = MetricsSystem.factory
  ) -> Counter {
    Counter(label: name, dimensions: labels, factory: factory)
  }

  package func gauge(
    _ labels: [(String, String)] = [], factory: any MetricsFactory = MetricsSystem.factory
  ) -> Meter {
    Meter(label: name, dimensions: labels, factory: factory)
  }

  /// Records a duration in the metric's histogram.
  package func record(
    _ duration: Duration, _ labels: [(String, String)] = [],
    factory: any MetricsFactory = MetricsSystem.factory
  ) {
    timer(labels, factory: factory).recordNanoseconds(duration.nanoseconds)
  }

  /// The instrument for durations of the metric's histogram, for whoever keeps it.
  package func timer(
    _ labels: [(String, String)] = [], factory: any MetricsFactory = MetricsSystem.factory
  ) -> Timer {
    Timer(label: name, dimensions: labels, factory: factory)
  }

  /// Records a value that is no duration in the metric's histogram.
  package func record(
    _ value: Double, _ labels: [(String, String)] = [],
    factory: any MetricsFactory = MetricsSystem.factory
  ) {
    Recorder(label: name, dimensions: labels, aggregate: true, factory: factory).record(value)
  }
}

extension Duration {
  /// Whole nanoseconds; what is beyond their range counts as its end.
  package var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? (seconds < 0 ? .min : .max) : whole &+ attoseconds / 1_000_000_000
  }
}
