import CTLS

/// A server's certificate with its key, and what it asks of clients: TLS 1.2 and 1.3, forward secrecy,
/// no renegotiation, no compression, no early data, ALPN `http/1.1`.
package struct TLSServerContext: Sendable {
  /// Whether clients have to show a certificate of `clientAuthorities`.
  package enum ClientCertificates: String, Sendable, CaseIterable {
    case none
    /// One that is shown must be good.
    case optional
    case required
  }

  /// Where everything lies: PEM files.
  package struct Files: Sendable, Equatable {
    /// The server's certificate, then those that lead to its authority.
    package var certificate: String
    package var key: String
    package var clientAuthorities: String?
    package var clientCertificates: ClientCertificates

    package init(
      certificate: String, key: String, clientAuthorities: String? = nil,
      clientCertificates: ClientCertificates = .none
    ) {
      self.certificate = certificate
      self.key = key
      self.clientAuthorities = clientAuthorities
      self.clientCertificates = clientCertificates
    }
  }

  let handle: TLSContextHandle
  /// When the first certificate of the chain expires, in seconds since 1970.
  package let expiry: Int64

  /// Reads the files; what is wrong with one of them is known at once.
  ///
  /// A certificate that has expired is taken, so that a server starts and says it: see `expiry`.
  package init(_ files: Files) throws(TLSConfigurationError) {
    let handle = try TLSContextHandle(isServer: true)
    try handle.useCertificate(files.certificate)
    try handle.useKey(files.key, certificate: files.certificate)
    if let authorities = files.clientAuthorities { try handle.trust(authorities) }
    let mode =
      switch files.clientCertificates {
      case .none: BYTEEDIT_TLS_VERIFY_NONE
      case .optional: BYTEEDIT_TLS_VERIFY_OPTIONAL
      case .required: BYTEEDIT_TLS_VERIFY_REQUIRED
      }
    byteedit_tls_context_verify(handle.pointer, mode)
    self.handle = handle
    expiry = byteedit_tls_context_expiry(handle.pointer)
  }
}
