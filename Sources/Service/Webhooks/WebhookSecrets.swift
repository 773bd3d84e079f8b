import FoundationEssentials
import Locks

/// The secrets in force, which a reload replaces: every payload is signed with each of them, so that
/// receivers can be moved from one to the next.
package final class WebhookSecrets: Sendable {
  private let current: Lock<[WebhookSecret]>

  package init(_ secrets: [WebhookSecret] = []) {
    current = Lock(secrets)
  }

  package var all: [WebhookSecret] { current.withLock { $0 } }
  package var isEmpty: Bool { all.isEmpty }

  package func replace(with secrets: [WebhookSecret]) {
    current.withLock { $0 = secrets }
  }

  /// The secrets of a setting's text and of a file, the file's first.
  package static func read(
    text: String?, file: String?
  ) throws(WebhookSecret.Fault) -> [WebhookSecret] {
    var secrets: [WebhookSecret] = []
    if let file {
      guard let content = try? String(contentsOfFile: file, encoding: .utf8) else {
        throw WebhookSecret.Fault(description: "cannot read the webhook secrets in \(file)")
      }
      secrets = try WebhookSecret.list(content)
      guard !secrets.isEmpty else {
        throw WebhookSecret.Fault(description: "there is no webhook secret in \(file)")
      }
    }
    if let text { secrets += try WebhookSecret.list(text) }
    return secrets
  }
}
