/// Why a TLS session ended before its time.
package enum TLSFailure: Error, Sendable, Equatable {
  /// The client speaks HTTP without TLS.
  case plainHTTP
  /// The peer speaks only versions before TLS 1.2.
  case version(String)
  /// Nothing that both sides can do: cipher suite, group, signature or application protocol.
  case nothingShared(String)
  /// A client showed no certificate where one is required.
  case noCertificate
  /// The peer's certificate was found wrong: authority, name, dates.
  case certificate(String)
  /// The peer broke off with an alert (RFC 8446 section 6).
  case alert(String)
  /// What came is not TLS, or was changed on its way.
  case malformed(String)
  /// The transport ended without a close_notify: what came may not be all.
  case truncated
  /// The connection was closed before the handshake was over, since it took too long.
  case unfinished
  /// Key updates without end, which each ask for an answer.
  case flooded
  /// OpenSSL had no memory for a session.
  case unavailable
}

extension TLSFailure {
  /// For metrics: one word of a fixed set.
  package var label: String {
    switch self {
    case .plainHTTP: "plain_http"
    case .version: "version"
    case .nothingShared: "nothing_shared"
    case .noCertificate: "no_certificate"
    case .certificate: "certificate"
    case .alert: "alert"
    case .malformed: "malformed"
    case .truncated: "truncated"
    case .unfinished: "unfinished"
    case .flooded: "flooded"
    case .unavailable: "unavailable"
    }
  }

  package static let labels = [
    "plain_http", "version", "nothing_shared", "no_certificate", "certificate", "alert",
    "malformed", "truncated", "unfinished", "flooded", "unavailable",
  ]
}

extension TLSFailure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .plainHTTP: "the client speaks HTTP without TLS: use an https:// URL"
    case .version(let reason): "the peer must speak TLS 1.2 or 1.3 (\(reason))"
    case .nothingShared(let reason): "no way to encrypt that both sides know (\(reason))"
    case .noCertificate: "the client showed no certificate, and one is required"
    case .certificate(let reason): "the peer's certificate is not accepted: \(reason)"
    case .alert(let reason): "the peer broke off: \(reason)"
    case .malformed(let reason): "what came is not TLS, or was changed on its way (\(reason))"
    case .truncated: "the connection ended in the middle of the TLS session"
    case .unfinished: "the handshake took too long"
    case .flooded: "the peer asks for new keys without end"
    case .unavailable: "no memory for a TLS session"
    }
  }
}
