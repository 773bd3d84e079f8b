import Foundation
import JobStoreSQLite
import Jobs
import Locks
import Logging
import Observability
import ServeSettings
import TestSupport
import Testing

@testable import byteedit

@Suite struct `Reading the settings again` {
  @Test func `takes over what may change and names what waits for a restart`() throws {
    var new = ServeConfiguration()
    new.retentionHours = 1
    new.dataQuotaMebibytes = 7
    new.logLevel = "debug"
    new.port = 9
    new.model = "/models/other"
    let reload = try ServeConfiguration().reloaded(from: new)
    #expect(Set(reload.changed) == ["retention_hours", "data_quota_mib", "log_level"])
    #expect(Set(reload.needsRestart) == ["port", "model"])
    #expect(reload.settings.port == ServeConfiguration().port)
    #expect(reload.settings.storeSettings.resultRetention == .seconds(3600))
    #expect(reload.settings.storeSettings.quota == 7 << 20)
    #expect(try reload.settings.reloaded(from: reload.settings).changed.isEmpty)
  }

  @Test func `goes back to the default where the file names a setting no more`() throws {
    var old = ServeConfiguration()
    old.queueLimit = 3
    let reload = try old.reloaded(from: ServeConfiguration())
    #expect(reload.changed == ["queue_limit"])
    #expect(reload.settings == ServeConfiguration())
  }

  @Test func `reaches the store and the log, and a broken file changes nothing`() async throws {
    let scratch = try ScratchFolder()
    let folder = scratch.path
    let file = folder + "/settings.yaml"
    func write(_ text: String) throws {
      try text.write(toFile: file, atomically: true, encoding: .utf8)
    }
    try write("queue_limit: 5")
    let source = SettingsSource(options: [:], config: file, environment: [:])
    let settings = try source.read()
    let store = try SQLiteJobStore(directory: folder + "/data", settings: settings.storeSettings)
    let sink = MemorySink()
    let logs = LogSettings(level: .info, sink: sink)
    let logger = Logger(label: "test") { ServiceLogHandler(label: $0, settings: logs) }
    let reload = SettingsReload(
      of: settings, source: source, store: store, threshold: logs.threshold, logger: logger)
    let actions = HangUpActions(logger: logger)
    let others = Lock(0)
    actions.add("settings") { try reload() }
    actions.add("another") { others.withLock { $0 += 1 } }

    try write("queue_limit: 6\nlog_level: debug\nport: 1")
    await actions.perform()
    #expect(store.settings.queueLimit == 6)
    #expect(logger.logLevel == .debug, "loggers that were made before follow")
    #expect(sink.lines.contains { $0.contains("need a restart") && $0.contains("port") })

    try write("queue_limit: none")
    await actions.perform()
    #expect(store.settings.queueLimit == 6)
    #expect(sink.lines.contains { $0.contains("reload failed") && $0.contains("queue_limit") })
    #expect(others.withLock { $0 } == 2, "one failure stops no other action")
    await store.close()
  }
}
