import Jobs
import ServeSettings

extension ServeKey {
  /// Settings that take effect without a restart.
  private static let reloadable: Set = [
    "log_level", "retention_hours", "data_quota_mib", "queue_limit", "max_attempts",
  ]

  var isReloadable: Bool { Self.reloadable.contains(name) }
}

extension ServeConfiguration {
  /// What reading the settings again came to.
  struct Reload: Equatable {
    /// The settings in force from now on.
    var settings: ServeConfiguration
    /// Names of what changed.
    var changed: [String] = []
    /// Names of what differs from what is in force and waits for a restart.
    var needsRestart: [String] = []
  }

  /// Takes over what may change while the process runs.
  ///
  /// - Throws: `ServeConfigurationError` where a value is out of range; nothing is taken over then.
  func reloaded(from new: ServeConfiguration) throws -> Reload {
    var reload = Reload(settings: self)
    for key in ServeKey.all where key.shown(self) != key.shown(new) {
      guard key.isReloadable else {
        reload.needsRestart.append(key.name)
        continue
      }
      try key.read(key.shown(new), &reload.settings)
      reload.changed.append(key.name)
    }
    return reload
  }

  /// The limits of the job store.
  var storeSettings: JobStoreSettings {
    var limits = JobStoreSettings()
    limits.queueLimit = queueLimit
    limits.maxAttempts = maxAttempts
    limits.resultRetention = .seconds(retentionHours * 3600)
    limits.quota = dataQuotaMebibytes > 0 ? dataQuotaMebibytes << 20 : nil
    return limits
  }
}
