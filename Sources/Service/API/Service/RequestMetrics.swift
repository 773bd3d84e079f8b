import HTTP
import HTTPTypes
import Observability

/// What is counted of every request.
enum RequestMetrics {
  private static let methods: Set<HTTPRequest.Method> = [
    .get, .head, .post, .put, .patch, .delete, .options,
  ]

  /// Labels come from the routes and a fixed set, so that no client can invent series.
  static func record(
    _ request: Request, _ response: Response, _ duration: Duration, in registry: PrometheusRegistry
  ) {
    let method = methods.contains(request.method) ? request.method.rawValue : "other"
    MetricCatalogue.requestDuration.record(
      duration,
      [
        ("method", method), ("route", response.route ?? "none"),
        ("status", String(response.status.code)),
      ], factory: registry)
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
