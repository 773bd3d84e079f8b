import Jobs
import Locks
import Logging
import Observability
import ServeSettings

/// Reads the settings again and puts into force what may change while the process runs.
struct SettingsReload: Sendable {
  private let source: SettingsSource
  private let current: Lock<ServeConfiguration>
  private let store: any JobStore
  private let threshold: LogThreshold
  private let logger: Logger

  init(
    of settings: ServeConfiguration, source: SettingsSource, store: any JobStore,
    threshold: LogThreshold, logger: Logger
  ) {
    self.source = source
    current = Lock(settings)
    self.store = store
    self.threshold = threshold
    self.logger = logger
  }

  func callAsFunction() throws {
    let new = try source.read()
    let reload = try current.withLock { current in
      let reload = try current.reloaded(from: new)
      current = reload.settings
      return reload
    }
    store.apply(reload.settings.storeSettings)
    threshold.level = Logger.Level(rawValue: reload.settings.logLevel) ?? .info
    logger.notice(
      "settings read again", metadata: ["changed": "\(reload.changed.joined(separator: " "))"])
    if !reload.needsRestart.isEmpty {
      logger.warning(
        "settings that changed and need a restart",
        metadata: ["settings": "\(reload.needsRestart.joined(separator: " "))"])
    }
  }
}
