import ArgumentParser
import Foundation
import ServeSettings

/// The settings of a process of the service as options.
struct ServiceOptions: ParsableArguments {
  @Option(help: "YAML or JSON file with settings (or BYTEEDIT_CONFIG).", completion: .file())
  var config: String?

  @Option(name: .long, help: ServeKey.help(of: "host")) var host: String?
  @Option(name: .long, help: ServeKey.help(of: "port")) var port: String?
  @Option(name: .long, help: ServeKey.help(of: "management_port")) var managementPort: String?
  @Option(name: .long, help: ServeKey.help(of: "tls_certificate"), completion: .file())
  var tlsCertificate: String?
  @Option(name: .long, help: ServeKey.help(of: "tls_key"), completion: .file())
  var tlsKey: String?
  @Option(name: .long, help: ServeKey.help(of: "tls_client_ca"), completion: .file())
  var tlsClientCa: String?
  @Option(name: .long, help: ServeKey.help(of: "tls_client_certificates"))
  var tlsClientCertificates: String?
  @Option(name: .long, help: ServeKey.help(of: "store")) var store: String?
  @Option(name: .long, help: ServeKey.help(of: "data_dir")) var dataDir: String?
  @Option(name: .long, help: ServeKey.help(of: "model")) var model: String?
  @Option(name: .long, help: ServeKey.help(of: "weights")) var weights: String?
  @Option(name: .long, help: ServeKey.help(of: "lora")) var lora: [String] = []
  @Option(name: .long, help: ServeKey.help(of: "merge_lora")) var mergeLora: [String] = []
  @Option(name: .long, help: ServeKey.help(of: "judges")) var judges: String?
  @Option(name: .long, help: ServeKey.help(of: "aesthetic")) var aesthetic: String?
  @Option(name: .long, help: ServeKey.help(of: "alignment")) var alignment: String?
  @Option(name: .long, help: ServeKey.help(of: "coherence")) var coherence: String?
  @Option(name: .long, help: ServeKey.help(of: "score_queue")) var scoreQueue: String?
  @Option(name: .long, help: ServeKey.help(of: "picture_cache_mib")) var pictureCacheMib: String?
  @Option(name: .long, help: ServeKey.help(of: "workers")) var workers: String?
  @Option(name: .long, help: ServeKey.help(of: "threads")) var threads: String?
  @Option(name: .long, help: ServeKey.help(of: "queue_limit")) var queueLimit: String?
  @Option(name: .long, help: ServeKey.help(of: "max_body_mib")) var maxBodyMib: String?
  @Option(name: .long, help: ServeKey.help(of: "max_megapixels")) var maxMegapixels: String?
  @Option(name: .long, help: ServeKey.help(of: "max_connections")) var maxConnections: String?
  @Option(name: .long, help: ServeKey.help(of: "connections_per_address"))
  var connectionsPerAddress: String?
  @Option(name: .long, help: ServeKey.help(of: "submissions_per_address"))
  var submissionsPerAddress: String?
  @Option(name: .long, help: ServeKey.help(of: "auth_failures_per_minute"))
  var authFailuresPerMinute: String?
  @Option(name: .long, help: ServeKey.help(of: "trusted_proxies")) var trustedProxies: String?
  @Option(name: .long, help: ServeKey.help(of: "keys"), completion: .file()) var keys: String?
  @Option(name: .long, help: ServeKey.help(of: "retention_hours")) var retentionHours: String?
  @Option(name: .long, help: ServeKey.help(of: "data_quota_mib")) var dataQuotaMib: String?
  @Option(name: .long, help: ServeKey.help(of: "lease_seconds")) var leaseSeconds: String?
  @Option(name: .long, help: ServeKey.help(of: "checkpoint_seconds"))
  var checkpointSeconds: String?
  @Option(name: .long, help: ServeKey.help(of: "max_attempts")) var maxAttempts: String?
  @Option(name: .long, help: ServeKey.help(of: "drain_seconds")) var drainSeconds: String?
  @Option(name: .long, help: ServeKey.help(of: "log_level")) var logLevel: String?
  @Option(name: .long, help: ServeKey.help(of: "log_format")) var logFormat: String?
  @Option(name: .long, help: ServeKey.help(of: "public_url")) var publicUrl: String?
  @Flag(name: .long, help: ServeKey.help(of: "log_prompts")) var logPrompts = false
  @Flag(name: .long, help: "Leave receipt and digital source type out of results.")
  var noProvenance = false
  @Flag(name: .long, help: ServeKey.help(of: "insecure_no_auth")) var insecureNoAuth = false

  @OptionGroup var webhooks: WebhookOptions

  /// Options, environment and file, to be read now and again.
  var source: SettingsSource { SettingsSource(options: options, config: config) }

  /// The options that were given, by the names of their keys.
  private var options: [String: String] {
    let given: [String: String?] = [
      "host": host, "port": port, "management_port": managementPort,
      "tls_certificate": tlsCertificate, "tls_key": tlsKey, "tls_client_ca": tlsClientCa,
      "tls_client_certificates": tlsClientCertificates,
      "store": store, "data_dir": dataDir, "model": model, "weights": weights,
      "lora": lora.isEmpty ? nil : lora.joined(separator: ","),
      "merge_lora": mergeLora.isEmpty ? nil : mergeLora.joined(separator: ","), "judges": judges,
      "aesthetic": aesthetic, "alignment": alignment, "coherence": coherence,
      "score_queue": scoreQueue,
      "picture_cache_mib": pictureCacheMib, "workers": workers,
      "threads": threads, "queue_limit": queueLimit, "max_body_mib": maxBodyMib,
      "max_megapixels": maxMegapixels, "max_connections": maxConnections,
      "connections_per_address": connectionsPerAddress,
      "submissions_per_address": submissionsPerAddress, "trusted_proxies": trustedProxies,
      "keys": keys, "auth_failures_per_minute": authFailuresPerMinute,
      "retention_hours": retentionHours, "data_quota_mib": dataQuotaMib,
      "lease_seconds": leaseSeconds, "checkpoint_seconds": checkpointSeconds,
      "max_attempts": maxAttempts, "drain_seconds": drainSeconds, "log_level": logLevel,
      "log_format": logFormat, "public_url": publicUrl,
      "log_prompts": logPrompts ? "true" : nil, "provenance": noProvenance ? "false" : nil,
      "insecure_no_auth": insecureNoAuth ? "true" : nil,
    ]
    return given.merging(webhooks.given) { own, _ in own }.compactMapValues { $0 }
  }
}
