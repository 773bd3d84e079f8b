import Access
import HTTP
import HTTPTypes
import Logging
import Observability

/// Who did what, from where, and what came of it: one line for every request that changes or
/// computes something and for every denied one; never a secret.
struct AuditLog: Sendable {
  private let logger: Logger
  private let metrics: PrometheusRegistry

  /// - Parameter logger: with a level of its own, so that no setting of the log silences it.
  init(logger: Logger, metrics: PrometheusRegistry) {
    self.logger = logger
    self.metrics = metrics
    for reason in AccessDenial.reasons { add(0, reason) }
  }

  func count(_ denial: AccessDenial) { add(1, denial.reason) }

  private func add(_ count: Int, _ reason: String) {
    MetricCatalogue.requestsDenied.counter([("reason", reason)], factory: metrics)
      .increment(by: count)
  }

  /// A request that was not let in.
  func denied(_ request: Request, keyID: String?, _ denial: AccessDenial) {
    var fields = Self.fields(request, keyID: keyID)
    fields["outcome"] = "denied"
    fields["reason"] = "\(denial.reason)"
    logger.notice("denied", metadata: fields)
  }

  /// A request that was carried out, or refused for what it asked.
  func carriedOut(_ request: Request, _ response: Response) {
    var fields = Self.fields(request, keyID: request.caller.keyID)
    fields["outcome"] = "\(response.status.code)"
    if let job = Self.job(request, response) { fields[LogKey.jobID] = "\(job)" }
    logger.notice("request", metadata: fields)
  }

  private static func fields(_ request: Request, keyID: String?) -> Logger.Metadata {
    var fields: Logger.Metadata = [
      "key_id": "\(keyID ?? "-")", "method": "\(request.method.rawValue)",
      "path": "\(request.path)", LogKey.requestID: "\(request.id)",
      "address": "\(request.client?.host ?? "-")",
    ]
    if request.client != request.peer { fields["proxy"] = "\(request.peer?.host ?? "-")" }
    return fields
  }

  /// The job of the request's path, or the one that it made.
  private static func job(_ request: Request, _ response: Response) -> String? {
    if let id = request.parameters["id"] { return id }
    let location = response.fields[.location] ?? response.fields[.contentLocation]
    return location?.split(separator: "/").last.map(String.init)
  }
}
