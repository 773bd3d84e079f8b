import ArgumentParser
import ServeSettings

/// The settings of webhooks as options.
struct WebhookOptions: ParsableArguments {
  @Option(name: .long, help: ServeKey.help(of: "webhook_secret_file"), completion: .file())
  var webhookSecretFile: String?
  @Option(name: .long, help: ServeKey.help(of: "webhook_allowed_networks"))
  var webhookAllowedNetworks: String?
  @Option(name: .long, help: ServeKey.help(of: "webhook_ca"), completion: .file())
  var webhookCa: String?
  @Option(name: .long, help: ServeKey.help(of: "webhook_timeout_seconds"))
  var webhookTimeoutSeconds: String?
  @Option(name: .long, help: ServeKey.help(of: "webhook_max_age_hours"))
  var webhookMaxAgeHours: String?
  @Flag(name: .long, help: ServeKey.help(of: "webhook_allow_http"))
  var webhookAllowHttp = false

  /// By the names of their keys.
  var given: [String: String?] {
    [
      "webhook_secret_file": webhookSecretFile,
      "webhook_allowed_networks": webhookAllowedNetworks, "webhook_ca": webhookCa,
      "webhook_timeout_seconds": webhookTimeoutSeconds,
      "webhook_max_age_hours": webhookMaxAgeHours,
      "webhook_allow_http": webhookAllowHttp ? "true" : nil,
    ]
  }
}
