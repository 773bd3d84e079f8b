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
    var fields = Self.fields(request, keyID: request.caller.keyID, response)
    fields["outcome"] = "\(response.status.code)"
    logger.notice("request", metadata: fields)
  }

  private static func fields(
    _ request: Request, keyID: String?, _ response: Response? = nil
  ) -> Logger.Metadata {
    var fields = request.logged(response)
    fields["key_id"] = "\(keyID ?? "-")"
    fields["method"] = "\(request.method.rawValue)"
    fields["path"] = "\(request.path)"
    fields["address"] = "\(request.client?.host ?? "-")"
    if let certificate = request.security?.certificate {
      fields["client_certificate"] = "\(certificate.fingerprint)"
      fields["client_subject"] = "\(certificate.subject)"
      fields["client_names"] = "\(certificate.names)"
    }
    if request.client != request.peer { fields["proxy"] = "\(request.peer?.host ?? "-")" }
    return fields
  }
}
