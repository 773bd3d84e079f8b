import API
import Access
import Logging
import Observability
import Sockets

extension ServedProcess {
  /// The keys that callers must show; nil where none are configured.
  func readKeys() throws -> KeyRing? {
    try settings.keys.map { KeyRing(try KeyFile(path: $0)) }
  }

  func accessPolicy(_ keys: KeyRing?) -> AccessPolicy {
    if let keys { return .keys(keys) }
    return settings.insecureNoAuth ? .everybody : .thisMachine(publicURL: settings.publicURL)
  }

  /// Lines of the audit log are written whatever the level of the log.
  var auditLogger: Logger {
    var logger = Logger(label: "audit")
    logger.logLevel = .info
    return logger
  }

  /// Has the keys read again on SIGHUP, where there are any.
  func reloadKeys(_ keys: KeyRing?, on hangUp: HangUpActions) {
    guard let keys, let path = settings.keys else { return }
    let reload = KeyReload(keys: keys, path: path, logger: auditLogger, metrics: registry)
    hangUp.add("keys") { reload.run() }
  }

  /// Says who may use the service.
  func reportAccess(_ keys: KeyRing?, _ address: SocketAddress, isSecured: Bool) {
    if let keys {
      logger.notice(
        "API keys are asked for", metadata: ["keys": "\(keys.all.count)"])
      if !address.isLoopback, !isSecured {
        logger.warning(
          """
          keys travel in clear text: set tls_certificate and tls_key, or let clients in through a \
          proxy with TLS alone
          """)
      }
    } else if settings.insecureNoAuth {
      logger.warning("no API key is configured and --insecure-no-auth is given: anyone may edit")
    } else {
      logger.notice("no API key is configured: only this machine can reach the service")
    }
  }
}
