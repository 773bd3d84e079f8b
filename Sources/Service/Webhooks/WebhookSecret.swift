import FoundationEssentials

/// A key that payloads are signed with: `whsec_` and base64 (Standard Webhooks, "Signature scheme").
package struct WebhookSecret: Sendable, Equatable, CustomStringConvertible {
  /// Why a text is no secret; the text itself is not repeated.
  package struct Fault: Error, Equatable, CustomStringConvertible {
    package let description: String
  }

  private static let prefix = "whsec_"
  /// Bytes of the key.
  private static let lengths = 24...64

  let key: [UInt8]

  /// Nobody prints it by accident.
  package var description: String { "[secret]" }

  package init(_ text: some StringProtocol) throws(Fault) {
    let encoded = String(text.dropFirst(Self.prefix.count))
    guard text.hasPrefix(Self.prefix), let data = Data(base64Encoded: encoded),
      Self.lengths.contains(data.count)
    else {
      throw Fault(
        description: "a webhook secret is whsec_ and the base64 of \(Self.lengths.lowerBound) to "
          + "\(Self.lengths.upperBound) random bytes: echo whsec_$(openssl rand -base64 32)")
    }
    key = Array(data)
  }

  /// The secrets of a setting or a file, with spaces, commas or lines between.
  ///
  /// Lines that begin with # are left out.
  package static func list(_ text: String) throws(Fault) -> [WebhookSecret] {
    var secrets: [WebhookSecret] = []
    for line in text.split(whereSeparator: \.isNewline)
    where !line.drop(while: \.isWhitespace).hasPrefix("#") {
      for word in line.split(whereSeparator: { $0.isWhitespace || $0 == "," }) {
        secrets.append(try WebhookSecret(word))
      }
    }
    return secrets
  }
}
