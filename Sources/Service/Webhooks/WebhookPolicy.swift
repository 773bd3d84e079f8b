package import Jobs
package import Outbound
import Sockets

/// Which webhooks a submission may ask for; what a name resolves to is looked at when it is used.
package struct WebhookPolicy: Sendable {
  private let secrets: WebhookSecrets
  private let allowsHTTP: Bool
  private let addresses: AddressPolicy

  package init(secrets: WebhookSecrets, allowsHTTP: Bool, addresses: AddressPolicy) {
    self.secrets = secrets
    self.allowsHTTP = allowsHTTP
    self.addresses = addresses
  }

  /// What stands against a URL, for its caller; `nil` for one that is fine.
  package func refusal(of url: WebhookURL) -> String? {
    guard !secrets.isEmpty else {
      return "is not to be had here: payloads are signed, and this service has no secret to do so; "
        + "its operator sets webhook_secret or webhook_secret_file"
    }
    if url.scheme == .http, !allowsHTTP {
      return "must be an https URL; the service's operator can allow http with webhook_allow_http"
    }
    guard url.port >= 1024 || url.port == url.scheme.defaultPort else {
      return "must have port \(url.scheme.defaultPort), or one of 1024 and above"
    }
    guard let address = SocketAddress(numeric: url.host, port: url.port) else {
      return url.host.contains(":") ? "has no IPv6 address between its brackets" : nil
    }
    return addresses.refusal(of: address).map { reason in
      "must not lead to \(address.host), which is \(reason); the service's operator can allow it "
        + "with webhook_allowed_networks"
    }
  }
}
