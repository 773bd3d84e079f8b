package import Sockets

/// What the service is told about its webhooks.
package struct WebhookSettings: Sendable, Equatable {
  /// Secrets themselves, where no file holds them.
  package var secret: String?
  package var secretFile: String?
  /// Ranges that webhooks may go to although they are private or special.
  package var allowedNetworks: [NetworkRange] = []
  /// Certificates that are trusted beside the system's.
  package var authorities: String?
  package var timeoutSeconds = 15
  package var maximumAgeHours = 24
  package var allowsHTTP = false

  package init() {}
}

extension ServeKey {
  static let webhooks: [ServeKey] = [
    webhookSecret,
    .optional(
      "webhook_secret_file", \.webhooks.secretFile,
      "File of secrets that webhooks are signed with, whsec_ and base64, a line each; read again on "
        + "SIGHUP. Without any, webhooks are refused."),
    .networks(
      "webhook_allowed_networks", \.webhooks.allowedNetworks,
      "Ranges that webhooks may go to although they are private: 10.1.0.0/16,::1, with commas "
        + "between."),
    .optional(
      "webhook_ca", \.webhooks.authorities,
      "PEM file of certificate authorities that webhooks trust beside the system's."),
    .number(
      "webhook_timeout_seconds", \.webhooks.timeoutSeconds, 1...120,
      "Seconds for one attempt to deliver a webhook."),
    .number(
      "webhook_max_age_hours", \.webhooks.maximumAgeHours, 1...168,
      "Hours after which a webhook that was not delivered is given up."),
    .flag(
      "webhook_allow_http", \.webhooks.allowsHTTP,
      "Allow webhooks over http, which anyone on the way can read."),
  ]

  /// No option, since other users of a machine see command lines; never shown.
  private static let webhookSecret = ServeKey(
    name: "webhook_secret",
    help: "Secrets that webhooks are signed with, whsec_ and base64, with spaces between; in the "
      + "environment or the file alone.",
    isFlag: false
  ) { text, configuration in
    configuration.webhooks.secret = text
  } shown: {
    $0.webhooks.secret == nil ? "" : "[secret]"
  }
}
