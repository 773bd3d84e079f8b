import Compute

/// A key of the configuration: how it is named, read and explained, in one place.
package struct ServeKey: Sendable {
  /// The key in a file; `BYTEEDIT_` and its upper case in the environment; dashes as an option.
  package let name: String
  package let help: String
  package let isFlag: Bool
  package let read: @Sendable (String, inout ServeConfiguration) throws -> Void
  package let shown: @Sendable (ServeConfiguration) -> String
}

/// A value that the configuration cannot take.
package struct ServeConfigurationError: Error, CustomStringConvertible {
  package var description: String

  package init(description: String) {
    self.description = description
  }
}

extension ServeKey {
  static func text(
    _ name: String, _ path: WritableKeyPath<ServeConfiguration, String> & Sendable, _ help: String
  ) -> ServeKey {
    ServeKey(name: name, help: help, isFlag: false) { text, configuration in
      guard !text.isEmpty else {
        throw ServeConfigurationError(description: "\(name): give a value, or leave it out")
      }
      configuration[keyPath: path] = text
    } shown: {
      $0[keyPath: path]
    }
  }

  static func optional(
    _ name: String, _ path: WritableKeyPath<ServeConfiguration, String?> & Sendable, _ help: String
  ) -> ServeKey {
    ServeKey(name: name, help: help, isFlag: false) { text, configuration in
      configuration[keyPath: path] = text
    } shown: {
      $0[keyPath: path] ?? ""
    }
  }

  static func number(
    _ name: String, _ path: WritableKeyPath<ServeConfiguration, Int> & Sendable,
    _ range: ClosedRange<Int>,
    _ help: String
  ) -> ServeKey {
    ServeKey(name: name, help: help, isFlag: false) { text, configuration in
      guard let value = Int(text), range.contains(value) else {
        throw ServeConfigurationError(
          description: "\(name): '\(text)' is not a whole number from \(range.lowerBound) to "
            + "\(range.upperBound)")
      }
      configuration[keyPath: path] = value
    } shown: {
      String($0[keyPath: path])
    }
  }

  private static func choice(
    _ name: String, _ path: WritableKeyPath<ServeConfiguration, String> & Sendable,
    _ values: [String],
    _ help: String
  ) -> ServeKey {
    ServeKey(name: name, help: help, isFlag: false) { text, configuration in
      guard values.contains(text) else {
        throw ServeConfigurationError(
          description: "\(name): '\(text)' is none of \(values.joined(separator: ", "))")
      }
      configuration[keyPath: path] = text
    } shown: {
      $0[keyPath: path]
    }
  }

  static func flag(
    _ name: String, _ path: WritableKeyPath<ServeConfiguration, Bool> & Sendable, _ help: String
  ) -> ServeKey {
    ServeKey(name: name, help: help, isFlag: true) { text, configuration in
      switch text.lowercased() {
      case "true", "yes", "on", "1": configuration[keyPath: path] = true
      case "false", "no", "off", "0": configuration[keyPath: path] = false
      default:
        throw ServeConfigurationError(description: "\(name): '\(text)' is neither true nor false")
      }
    } shown: {
      String($0[keyPath: path])
    }
  }

  /// Its parts are looked at when the store is opened; a wrong one is not repeated, since it may hold
  /// a password.
  private static let store = ServeKey(
    name: "store",
    help: "URL of a PostgreSQL database (postgres://user@host/database) that serving and working "
      + "processes share; SQLite in data_dir, and both in one process, if not given.",
    isFlag: false
  ) { text, configuration in
    guard ["postgres://", "postgresql://"].contains(where: text.hasPrefix) else {
      throw ServeConfigurationError(
        description: "store: must be the URL of a PostgreSQL database, "
          + "postgres://user@host:5432/database")
    }
    configuration.store = text
  } shown: {
    $0.store.map(withoutSecrets) ?? ""
  }

  /// The URL without user, password and options, however it is written.
  private static func withoutSecrets(_ url: String) -> String {
    let address = url.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
    let shown = address.prefix { $0 != "?" }
    return url.contains("@") ? "postgres://\(shown)" : String(shown)
  }

  package static let all = general + deadlines + webhooks

  private static let general: [ServeKey] = [
    .text("host", \.host, "Address to listen on; without keys only loopback is allowed."),
    .number("port", \.port, 0...65_535, "TCP port; 0 lets the system choose."),
    .managementPort,
    .optional(
      "tls_certificate", \.tlsCertificate,
      "PEM file of the server's certificate and its chain: port speaks TLS; read again on SIGHUP."),
    .optional("tls_key", \.tlsKey, "PEM file of the certificate's private key."),
    .optional(
      "tls_client_ca", \.tlsClientAuthorities,
      "PEM file of the authorities whose certificates clients may show."),
    .choice(
      "tls_client_certificates", \.tlsClientCertificates, ["none", "optional", "required"],
      "Whether clients have to show a certificate: none, optional or required."),
    .store,
    .text("data_dir", \.dataDirectory, "Folder of the job database and the pictures."),
    .optional("model", \.model, "A diffusers folder; the embedded editor if not given."),
    .choice(
      "weights", \.weights, WeightStorage.allCases.map(\.rawValue),
      "How weights are kept in memory: fp32, fp16, bf16 or int8."),
    .adapters(
      "lora", isMerged: false,
      "LoRA adapters that requests may name: NAME=FILE[:WEIGHT], with commas between."),
    .adapters(
      "merge_lora", isMerged: true,
      "LoRA adapters merged into the weights: NAME=FILE[:WEIGHT], with commas between."),
    .optional(
      "judges", \.judges,
      "Folder with the judges aesthetic, alignment and coherence, or off; the embedded ones if not "
        + "given."),
    .optional("aesthetic", \.aesthetic, "Another aesthetic judge's folder, or off."),
    .optional("alignment", \.alignment, "Another alignment judge's folder, or off."),
    .optional("coherence", \.coherence, "Another coherence judge's folder, or off."),
    .number("score_queue", \.scoreQueue, 0...10_000, "Pictures that may wait to be scored."),
    .number(
      "picture_cache_mib", \.pictureCacheMebibytes, 0...65_536,
      "Decoded pictures kept from their check to their edit, MiB."),
    .number("workers", \.workers, 1...64, "Edits that run at the same time."),
    .number("threads", \.threads, 0...256, "Threads of one edit; 0 shares the cores fairly."),
    .number("queue_limit", \.queueLimit, 1...1_000_000, "Jobs that may wait; more are a 503."),
    .number("max_body_mib", \.maxBodyMebibytes, 1...4096, "Largest request body, MiB."),
    .number("max_megapixels", \.maxMegapixels, 1...400, "Largest picture, megapixels."),
    .number("max_connections", \.maxConnections, 1...65_536, "Connections at the same time."),
    .number(
      "connections_per_address", \.connectionsPerAddress, 1...65_536,
      "Connections at the same time from one address; trusted proxies may have any number."),
    .number(
      "submissions_per_address", \.submissionsPerAddress, 1...65_536,
      "Submissions that arrive at the same time from one address."),
    .number(
      "auth_failures_per_minute", \.authFailuresPerMinute, 1...1_000_000,
      "Requests that are not let in, of one address in a minute, before they are a bare 429."),
    .networks(
      "trusted_proxies", \.trustedProxies,
      "Proxies whose Forwarded or X-Forwarded-For names the client: 10.0.0.0/8,::1, with commas "
        + "between."),
    .optional(
      "keys", \.keys, "File of API keys that callers must show; read again on SIGHUP."),
    .number("retention_hours", \.retentionHours, 1...8760, "Hours that results are kept."),
    .number(
      "data_quota_mib", \.dataQuotaMebibytes, 0...(1 << 40),
      "MiB of pictures and job database, beyond which the oldest ended jobs go early; 0 = no limit."
    ),
    .number("lease_seconds", \.leaseSeconds, 5...3600, "Lease of a running job, seconds."),
    .number(
      "checkpoint_seconds", \.checkpointSeconds, 0...3600,
      "Seconds between checkpoints of a running edit, from which its next attempt goes on; 0 = none."
    ),
    .number("max_attempts", \.maxAttempts, 1...20, "Attempts before a job fails for good."),
    .number("drain_seconds", \.drainSeconds, 0...3600, "Seconds given to running edits at exit."),
    .choice(
      "log_level", \.logLevel, ["trace", "debug", "info", "notice", "warning", "error"],
      "Least level that is logged."),
    .choice("log_format", \.logFormat, ["json", "text"], "Form of the log lines."),
    .flag("log_prompts", \.logPrompts, "Write prompts into the log."),
    .flag("provenance", \.provenance, "Write receipt and digital source type into results."),
    .flag("insecure_no_auth", \.insecureNoAuth, "Allow addresses beyond loopback without keys."),
    .flag(
      "strict_model", \.strictModel,
      "Refuse OpenAI-shaped requests that name another model than the one served."),
    .optional("public_url", \.publicURL, "What links are built from."),
  ]
}
