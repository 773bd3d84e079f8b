import Foundation
import HTTP
import Logging
import Observability
import ServeSettings
import TLS

extension ServedProcess {
  /// Certificate and key, which SIGHUP has read again; nil where none are configured.
  func openTLS(_ hangUp: HangUpActions) throws -> TLSCredentials? {
    guard let files = try settings.tlsFiles() else { return nil }
    let credentials = TLSCredentials(try TLSServerContext(files))
    let reload = CertificateReload(
      credentials: credentials, files: files, logger: logger, metrics: registry)
    reload.report()
    hangUp.add("certificate") { reload() }
    return credentials
  }

  /// Counts handshakes by what came of them.
  var handshakeCounter: TLSObserver {
    let counters = Dictionary(
      uniqueKeysWithValues: (["done"] + TLSFailure.labels).map { outcome in
        (
          outcome,
          MetricCatalogue.handshakes.counter([("outcome", outcome)], factory: registry)
        )
      })
    return { [logger] result in
      switch result {
      case .success: counters["done"]?.increment()
      case .failure(let failure):
        counters[failure.label]?.increment()
        logger.debug("TLS handshake failed", metadata: ["reason": "\(failure)"])
      }
    }
  }
}

extension ServeConfiguration {
  /// The files that TLS needs; nil where it is not asked for.
  ///
  /// - Throws: `ServeConfigurationError` where the settings do not fit together.
  func tlsFiles() throws(ServeConfigurationError) -> TLSServerContext.Files? {
    let clients =
      TLSServerContext.ClientCertificates(rawValue: tlsClientCertificates) ?? .required
    guard let certificate = tlsCertificate, let key = tlsKey else {
      if tlsCertificate != nil {
        throw ServeConfigurationError(description: "tls_certificate needs tls_key, its key's file")
      }
      if tlsKey != nil {
        throw ServeConfigurationError(
          description: "tls_key needs tls_certificate, its certificate's file")
      }
      if tlsClientAuthorities != nil || clients != .none {
        throw ServeConfigurationError(
          description: "clients show certificates over TLS alone: set tls_certificate and tls_key")
      }
      return nil
    }
    if (clients == .none) != (tlsClientAuthorities == nil) {
      throw ServeConfigurationError(
        description: "tls_client_ca and tls_client_certificates (optional or required) go together:"
          + " set both or neither")
    }
    return TLSServerContext.Files(
      certificate: certificate, key: key, clientAuthorities: tlsClientAuthorities,
      clientCertificates: clients)
  }
}
