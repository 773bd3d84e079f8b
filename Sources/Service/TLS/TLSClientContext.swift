import CTLS

/// Whom a client believes: TLS 1.2 and 1.3, ALPN `http/1.1`.
package struct TLSClientContext: Sendable {
  package enum Trust: Sendable, Equatable {
    /// The authorities of the system (`SSL_CERT_FILE` and `SSL_CERT_DIR` name others).
    case system
    /// The authorities of the system, and the certificates of a PEM file.
    case systemAnd(String)
    /// The certificates of a PEM file alone.
    case file(String)
    /// Whoever answers; for a look at a server, never for what is secret.
    case anybody
  }

  let handle: TLSContextHandle

  /// - Parameter identity: PEM files of a certificate and its key, for servers that ask for one.
  package init(
    trust: Trust = .system, identity: (certificate: String, key: String)? = nil
  ) throws(TLSConfigurationError) {
    let handle = try TLSContextHandle(isServer: false)
    switch trust {
    case .system: try handle.trustSystem()
    case .systemAnd(let path):
      try handle.trustSystem()
      try handle.trust(path)
    case .file(let path): try handle.trust(path)
    case .anybody: break
    }
    byteedit_tls_context_verify(
      handle.pointer,
      trust == .anybody ? BYTEEDIT_TLS_VERIFY_NONE : BYTEEDIT_TLS_VERIFY_REQUIRED)
    if let identity {
      try handle.useCertificate(identity.certificate)
      try handle.useKey(identity.key, certificate: identity.certificate)
    }
    self.handle = handle
  }
}
