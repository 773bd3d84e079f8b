import Locks
package import Metrics

/// Holds the values of all metrics and writes them as Prometheus text; a factory for swift-metrics.
///
/// Look-ups take one lock, updates the lock of their own series alone. A metric that the catalogue
/// does not know is exposed under its cleaned name, with its name as help.
package final class PrometheusRegistry: Sendable {
  private struct Family {
    let metric: MetricDescription
    var series: [LabelSet: any Series] = [:]
  }

  private struct State {
    var families: [String: Family] = [:]
    var collectors: [@Sendable () async -> [GaugeReading]] = []
  }

  private let state: Lock<State>
  private let seriesLimit: Int

  /// - Parameter seriesLimit: label combinations one metric may have; more are dropped and counted,
  ///   so that no request can fill the memory with labels.
  package init(catalogue: [MetricDescription] = MetricCatalogue.all, seriesLimit: Int = 1000) {
    self.seriesLimit = seriesLimit
    var families: [String: Family] = [:]
    for metric in catalogue {
      var family = Family(metric: metric)
      if metric.labels.isEmpty { family.series[LabelSet([])] = Self.makeSeries(metric.kind) }
      families[metric.name] = family
    }
    state = Lock(State(families: families))
  }

  /// Adds a closure that is asked for values whenever the metrics are read.
  package func collect(_ readings: @escaping @Sendable () async -> [GaugeReading]) {
    state.withLock { $0.collectors.append(readings) }
  }

  /// Reads all metrics, in the text format of `Exposition.contentType`.
  package func exposition() async -> String {
    for collector in state.withLock({ $0.collectors }) {
      for reading in await collector() {
        let series = self.series(reading.metric, reading.labels) as? NumberSeries
        series?.set(reading.value)
      }
    }
    let families = state.withLock { $0.families }
    return families.values.sorted { $0.metric.name < $1.metric.name }
      .map { family in
        Exposition.lines(family.metric, family.series.map { ($0.key, $0.value.samples()) })
      }.joined()
  }

  /// The series of a metric, made on first use; nil where the limit is reached.
  private func series(
    _ metric: MetricDescription, _ labels: [(String, String)]
  ) -> (any Series)? {
    let labels = LabelSet(labels)
    return state.withLock { state in
      var family = state.families[metric.name] ?? Family(metric: metric)
      if let series = family.series[labels] { return series }
      guard family.series.count < seriesLimit else {
        let dropped = state.families[MetricCatalogue.droppedSeries.name]
        (dropped?.series[LabelSet([])] as? NumberSeries)?.increment(by: 1.0)
        return nil
      }
      let series = Self.makeSeries(family.metric.kind)
      family.series[labels] = series
      state.families[metric.name] = family
      return series
    }
  }

  private static func makeSeries(_ kind: MetricDescription.Kind) -> any Series {
    switch kind {
    case .counter, .gauge: NumberSeries()
    case .histogram(let bounds): HistogramSeries(bounds: bounds)
    }
  }

  /// The series of a label as some handler; a detached one where the metric is of another kind.
  private func handler<Handler>(
    _ label: String, _ labels: [(String, String)], _ kind: MetricDescription.Kind,
    detached: () -> Handler
  ) -> Handler {
    let name = Exposition.identifier(label, allowsColon: true)
    let metric = MetricDescription(name, kind, help: label)
    return series(metric, labels) as? Handler ?? detached()
  }
}

extension PrometheusRegistry: MetricsFactory {
  package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    handler(label, dimensions, .counter) { NumberSeries() as any CounterHandler }
  }

  package func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    handler(label, dimensions, .counter) { NumberSeries() as any FloatingPointCounterHandler }
  }

  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    handler(label, dimensions, .gauge) { NumberSeries() as any MeterHandler }
  }

  package func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    let kind = aggregate ? MetricDescription.Kind.histogram(MetricCatalogue.stageBounds) : .gauge
    return handler(label, dimensions, kind) { NumberSeries() as any RecorderHandler }
  }

  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    handler(label, dimensions, .histogram(MetricCatalogue.stageBounds)) {
      HistogramSeries(bounds: []) as any TimerHandler
    }
  }

  // Instruments are look-ups and come and go; what they counted stays.
  package func destroyCounter(_ handler: any CounterHandler) {}
  package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
  package func destroyMeter(_ handler: any MeterHandler) {}
  package func destroyRecorder(_ handler: any RecorderHandler) {}
  package func destroyTimer(_ handler: any TimerHandler) {}
}

/// A value read at the moment the metrics are: of a gauge, or of a counter kept elsewhere.
package struct GaugeReading: Sendable {
  let metric: MetricDescription
  let labels: [(String, String)]
  let value: Double

  package init(_ metric: MetricDescription, _ value: Double, labels: [(String, String)] = []) {
    self.metric = metric
    self.labels = labels
    self.value = value
  }
}
