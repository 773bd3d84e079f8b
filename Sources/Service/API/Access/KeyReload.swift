package import Access
package import Logging
package import Observability

/// Puts a changed keys file in force while requests run.
package struct KeyReload: Sendable {
  private let keys: KeyRing
  private let path: String
  private let logger: Logger
  private let metrics: PrometheusRegistry

  /// - Parameter logger: the audit log's.
  package init(keys: KeyRing, path: String, logger: Logger, metrics: PrometheusRegistry) {
    self.keys = keys
    self.path = path
    self.logger = logger
    self.metrics = metrics
    for outcome in ["done", "failed"] { count(outcome, 0) }
  }

  /// Reads the file again, blocking; one that is not valid changes nothing.
  package func run() {
    do {
      let file = try KeyFile(path: path)
      keys.replace(with: file)
      count("done", 1)
      logger.notice(
        "keys reloaded",
        metadata: ["outcome": "done", "file": "\(path)", "keys": "\(file.keys.count)"])
    } catch {
      count("failed", 1)
      logger.error(
        "keys not reloaded: those read before stay in force; mend the file and send SIGHUP again",
        metadata: ["outcome": "failed", "file": "\(path)", "error": "\(error)"])
    }
  }

  private func count(_ outcome: String, _ count: Int) {
    MetricCatalogue.keyReloads.counter([("outcome", outcome)], factory: metrics)
      .increment(by: count)
  }
}
