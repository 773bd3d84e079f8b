import Foundation
import Logging
import Observability
import TLS

/// Puts a renewed certificate into force for new connections; open ones are not touched.
struct CertificateReload: Sendable {
  /// So long before a certificate expires it is warned of.
  static let warningDays = 14

  private let credentials: TLSCredentials
  private let files: TLSServerContext.Files
  private let logger: Logger
  private let metrics: PrometheusRegistry

  init(
    credentials: TLSCredentials, files: TLSServerContext.Files, logger: Logger,
    metrics: PrometheusRegistry
  ) {
    self.credentials = credentials
    self.files = files
    self.logger = logger
    self.metrics = metrics
    for outcome in ["done", "failed"] { count(outcome, 0) }
    metrics.collect {
      [GaugeReading(MetricCatalogue.certificateExpiry, Double(credentials.current.expiry))]
    }
  }

  /// Reads the files again, blocking; a fault in one of them changes nothing.
  func callAsFunction() {
    do throws(TLSConfigurationError) {
      credentials.replace(with: try TLSServerContext(files))
      count("done", 1)
      report()
    } catch {
      count("failed", 1)
      logger.error(
        """
        certificate not reloaded: the one read before stays in force; mend the files and send \
        SIGHUP again
        """, metadata: ["error": "\(error)"])
    }
  }

  /// Says which certificate is in force and for how long.
  func report() {
    let left = CertificateTime(expiry: credentials.current.expiry)
    logger.notice(
      "TLS certificate in force",
      metadata: [
        "certificate": "\(files.certificate)", "expires": "\(left.date)",
        "client_certificates": "\(files.clientCertificates.rawValue)",
      ])
    guard left.days < Self.warningDays else { return }
    logger.warning(
      "\(left.days < 0 ? "the TLS certificate has expired" : "the TLS certificate expires soon")",
      metadata: ["days": "\(left.days)", "certificate": "\(files.certificate)"])
  }

  private func count(_ outcome: String, _ count: Int) {
    MetricCatalogue.certificateReloads.counter([("outcome", outcome)], factory: metrics)
      .increment(by: count)
  }
}

/// When a certificate expires, and how long that is.
struct CertificateTime {
  /// ISO 8601, in UTC.
  let date: String
  /// Whole days from now; negative when it is over.
  let days: Int

  init(expiry: Int64, now: Date = Date()) {
    let moment = Date(timeIntervalSince1970: Double(expiry))
    date = moment.formatted(.iso8601)
    days = Int((moment.timeIntervalSince(now) / 86_400).rounded(.down))
  }
}
