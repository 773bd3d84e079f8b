/// What is wrong with certificates and keys on disk; each case names the file and says what to do.
package enum TLSConfigurationError: Error, Sendable, Equatable {
  case unreadable(file: String, reason: String)
  case noCertificate(file: String)
  case malformedCertificate(file: String, reason: String)
  case noKey(file: String)
  case encryptedKey(file: String)
  case malformedKey(file: String, reason: String)
  case mismatch(certificate: String, key: String)
  case noSystemTrust(reason: String)
  case unavailable
}

extension TLSConfigurationError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "cannot read \(file) (\(reason)): give a file that the service's user may read"
    case .noCertificate(let file):
      "\(file) holds no certificate: it must have PEM blocks that begin with BEGIN CERTIFICATE"
    case .malformedCertificate(let file, let reason):
      "\(file) holds a certificate that cannot be used (\(reason)): check it with 'openssl x509 -in"
        + " \(file) -noout -text'; RSA keys need 2048 bits or more"
    case .noKey(let file):
      "\(file) holds no private key: it must have a PEM block such as BEGIN PRIVATE KEY"
    case .encryptedKey(let file):
      "the key in \(file) asks for a passphrase: remove it with 'openssl pkey -in \(file)' and keep"
        + " the file readable by the service's user alone"
    case .malformedKey(let file, let reason):
      "the key in \(file) cannot be used (\(reason)): check it with 'openssl pkey -in \(file) -check"
        + " -noout'"
    case .mismatch(let certificate, let key):
      "the key in \(key) is not that of the first certificate in \(certificate): give the pair that"
        + " was made together, the server's own certificate first"
    case .noSystemTrust(let reason):
      "the system's certificate authorities cannot be read (\(reason)): install ca-certificates or"
        + " name a file"
    case .unavailable: "no memory for a TLS context"
    }
  }
}
