import HTTP
import HTTPTypes
import Locks
import Metrics
import Observability

/// What is counted of every request.
final class RequestMetrics: Sendable {
  private static let methods: Set<HTTPRequest.Method> = [
    .get, .head, .post, .put, .patch, .delete, .options,
  ]

  private struct Labels: Hashable {
    let method: String
    let route: String
    let status: Int
  }

  private let registry: PrometheusRegistry
  /// Making the labels of a series costs more than all else here.
  private let timers = Lock<[Labels: Metrics.Timer]>([:])

  init(_ registry: PrometheusRegistry) {
    self.registry = registry
  }

  /// Labels come from the routes and a fixed set, so that no client can invent series.
  func record(_ request: Request, _ response: Response, _ duration: Duration) {
    record(request.method, response.route, response.status.code, duration)
  }

  func record(
    _ method: HTTPRequest.Method, _ route: String?, _ status: Int, _ duration: Duration
  ) {
    timer(method, route, status).recordNanoseconds(duration.nanoseconds)
  }

  /// What takes the durations of requests of a kind.
  func timer(
    _ method: HTTPRequest.Method, _ route: String?, _ status: Int
  ) -> Metrics.Timer {
    let labels = Labels(
      method: Self.methods.contains(method) ? method.rawValue : "other", route: route ?? "none",
      status: status)
    return timers.withLock { timers in
      if let timer = timers[labels] { return timer }
      let timer = MetricCatalogue.requestDuration.timer(
        [("method", labels.method), ("route", labels.route), ("status", String(status))],
        factory: registry)
      timers[labels] = timer
      return timer
    }
  }
}

extension EditAPI {
  /// Queue depth and age, asked of the store whenever the metrics are read.
  func collectQueueMetrics() {
    surroundings.metrics.collect { [store] in
      guard let queue = try? await store.statistics() else { return [] }
      return [
        GaugeReading(MetricCatalogue.queueDepth, Double(queue.queued)),
        GaugeReading(MetricCatalogue.queueOldest, queue.oldestQueuedSeconds),
      ]
    }
  }

  func metrics(_ request: Request) async throws -> Response {
    Response(
      contentType: Exposition.contentType,
      Array(await surroundings.metrics.exposition().utf8))
  }
}
