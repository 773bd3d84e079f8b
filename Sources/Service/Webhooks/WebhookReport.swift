import Jobs
package import Logging
package import Metrics
import Observability

/// What deliveries tell the outside: metrics by the names of the catalogue, and logs that name the
/// receiver's host and never the whole URL, which may hold a secret.
package struct WebhookReport: Sendable {
  private let factory: any MetricsFactory
  private let logger: Logger

  package init(logger: Logger, factory: any MetricsFactory = MetricsSystem.factory) {
    self.logger = logger
    self.factory = factory
    for outcome in DeliveryVerdict.Outcome.allCases { count(outcome, by: 0) }
  }

  private func count(_ outcome: DeliveryVerdict.Outcome, by number: Int) {
    MetricCatalogue.webhookDeliveries.counter([("outcome", outcome.rawValue)], factory: factory)
      .increment(by: number)
  }

  func ended(
    _ claimed: ClaimedDelivery, _ verdict: DeliveryVerdict, after span: Duration,
    trace: TraceContext
  ) {
    count(verdict.outcome, by: 1)
    MetricCatalogue.webhookDuration.record(span, factory: factory)
    var fields = Self.fields(claimed, trace)
    fields["outcome"] = "\(verdict.outcome.rawValue)"
    fields["seconds"] = "\(span / .seconds(1))"
    switch verdict.settlement {
    case .delivered(let note):
      fields["status"] = "\(note.status ?? 0)"
      logger.info("webhook delivered", metadata: fields)
    case .retry(let pause, let note):
      fields["next_in_seconds"] = "\(Int(pause / .seconds(1)))"
      logger.notice("webhook not delivered, tried again", metadata: fields.adding(note))
    case .failed(let note), .unsubscribed(let note):
      logger.warning("webhook given up", metadata: fields.adding(note))
    case .handedBack: break
    }
  }

  func leaseLost(_ claimed: ClaimedDelivery, trace: TraceContext) {
    logger.warning(
      "webhook's lease lost, another process may send it again",
      metadata: Self.fields(claimed, trace))
  }

  func storeFailed(_ error: JobStoreError, doing action: String) {
    logger.error("the job store failed", metadata: ["action": "\(action)", "error": "\(error)"])
  }

  private static func fields(_ claimed: ClaimedDelivery, _ trace: TraceContext) -> Logger.Metadata {
    let delivery = claimed.delivery
    return [
      "webhook_id": "\(delivery.id)", "event": "\(delivery.event.rawValue)",
      "host": "\(delivery.url.host)", "attempt": "\(delivery.attempt)",
      LogKey.jobID: "\(delivery.job)", LogKey.traceID: "\(trace.traceID)",
    ]
  }
}

extension Logger.Metadata {
  fileprivate func adding(_ note: DeliveryNote) -> Logger.Metadata {
    var fields = self
    if let status = note.status { fields["status"] = "\(status)" }
    if let error = note.error { fields["error"] = "\(error)" }
    return fields
  }
}
