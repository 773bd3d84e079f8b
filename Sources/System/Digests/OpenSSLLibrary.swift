import COpenSSL

/// The OpenSSL that this process runs with.
package enum OpenSSLLibrary {
  /// In the library's own words, for example `OpenSSL 3.0.15 3 Sep 2024`.
  package static var version: String { String(cString: byteedit_openssl_version()) }
}
