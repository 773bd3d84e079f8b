import Digests
import FoundationEssentials

/// What tells a receiver that a payload is ours and unchanged (Standard Webhooks, "Signature
/// scheme"): `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`.
package enum WebhookSignature {
  /// One signature for every secret, with spaces between; `nil` where OpenSSL refused its service.
  ///
  /// - Parameter timestamp: of the attempt, in seconds since 1970.
  package static func header(
    id: String, timestamp: Int64, body: [UInt8], secrets: [WebhookSecret]
  ) -> String? {
    let signed = Array("\(id).\(timestamp).".utf8) + body
    var signatures: [String] = []
    for secret in secrets {
      guard let code = HMACSHA256.code(of: signed, key: secret.key) else { return nil }
      signatures.append("v1," + Data(code).base64EncodedString())
    }
    return signatures.joined(separator: " ")
  }
}
