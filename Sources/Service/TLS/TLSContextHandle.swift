import CTLS

/// Owns an OpenSSL context, which is not changed once it is handed out.
final class TLSContextHandle: @unchecked Sendable {
  // Unchecked: OpenSSL lets threads share a context that is set up.
  let pointer: OpaquePointer

  init(isServer: Bool) throws(TLSConfigurationError) {
    guard let pointer = byteedit_tls_context_create(isServer ? 1 : 0) else { throw .unavailable }
    self.pointer = pointer
  }

  deinit { byteedit_tls_context_destroy(pointer) }

  func useCertificate(_ file: String) throws(TLSConfigurationError) {
    try PEMFile.with(file) { (pem) throws(TLSConfigurationError) in
      let result = byteedit_tls_context_certificate(pointer, pem.baseAddress, pem.count)
      try Self.checkCertificates(result, file)
    }
  }

  func useKey(_ file: String, certificate: String) throws(TLSConfigurationError) {
    try PEMFile.with(file) { (pem) throws(TLSConfigurationError) in
      switch byteedit_tls_context_key(pointer, pem.baseAddress, pem.count) {
      case BYTEEDIT_TLS_OK: return
      case BYTEEDIT_TLS_MISSING: throw .noKey(file: file)
      case BYTEEDIT_TLS_ENCRYPTED: throw .encryptedKey(file: file)
      case BYTEEDIT_TLS_MISMATCH: throw .mismatch(certificate: certificate, key: file)
      default: throw .malformedKey(file: file, reason: Self.reason)
      }
    }
  }

  func trust(_ file: String) throws(TLSConfigurationError) {
    try PEMFile.with(file) { (pem) throws(TLSConfigurationError) in
      let result = byteedit_tls_context_trust(pointer, pem.baseAddress, pem.count)
      try Self.checkCertificates(result, file)
    }
  }

  func trustSystem() throws(TLSConfigurationError) {
    guard byteedit_tls_context_trust_system(pointer) == BYTEEDIT_TLS_OK else {
      throw .noSystemTrust(reason: Self.reason)
    }
  }

  private static func checkCertificates(
    _ result: Int32, _ file: String
  ) throws(TLSConfigurationError) {
    switch result {
    case BYTEEDIT_TLS_OK: return
    case BYTEEDIT_TLS_MISSING: throw .noCertificate(file: file)
    default: throw .malformedCertificate(file: file, reason: reason)
    }
  }

  private static var reason: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
      guard let base = text.baseAddress else { return "" }
      byteedit_tls_error(base, text.count)
      return String(cString: base)
    }
  }
}
