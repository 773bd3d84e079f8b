import CTLS

/// What a finished handshake agreed on.
package struct TLSPeer: Sendable, Equatable {
  /// `TLSv1.2` or `TLSv1.3`.
  package var version: String
  package var cipher: String
  /// Whether it goes on from an earlier session, without a signature.
  package var isResumed: Bool
  /// What the peer showed, found good; `nil` where it showed none.
  package var certificate: Certificate?

  package struct Certificate: Sendable, Hashable {
    /// SHA-256 of the whole certificate, 64 hexadecimal digits.
    package var fingerprint: String
    /// Its distinguished name by RFC 4514, at most 511 bytes of it.
    package var subject: String
    /// Its alternative names, such as `DNS:client.example`; at most 1023 bytes of them.
    package var names: String

    package init(fingerprint: String, subject: String, names: String) {
      self.fingerprint = fingerprint
      self.subject = subject
      self.names = names
    }
  }
}

extension TLSPeer {
  init(_ session: OpaquePointer) {
    self.init(
      version: String(cString: byteedit_tls_version(session)),
      cipher: String(cString: byteedit_tls_cipher(session)),
      isResumed: byteedit_tls_is_resumed(session) == 1, certificate: Certificate(session))
  }
}

extension TLSPeer.Certificate {
  fileprivate init?(_ session: OpaquePointer) {
    var found = byteedit_tls_certificate()
    guard byteedit_tls_peer(session, &found) == 1 else { return nil }
    let digits = Array("0123456789abcdef".utf8)
    let digest = withUnsafeBytes(of: found.sha256) {
      $0.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
    self.init(
      fingerprint: String(decoding: digest, as: UTF8.self), subject: Self.text(found.subject),
      names: Self.text(found.names))
  }

  /// A C array of characters up to its zero.
  private static func text<Characters>(_ characters: Characters) -> String {
    withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
