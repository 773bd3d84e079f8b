package import Logging

/// Writes the events of swift-log as JSON or text lines, without what users typed.
package struct ServiceLogHandler: LogHandler {
  package var metadata: Logger.Metadata = [:]
  package var metadataProvider: Logger.MetadataProvider?

  private let label: String
  private let settings: LogSettings
  /// Set for one logger alone; else the level of all of them counts.
  private var ownLevel: Logger.Level?

  package init(label: String, settings: LogSettings) {
    self.label = label
    self.settings = settings
  }

  package var logLevel: Logger.Level {
    get { ownLevel ?? settings.threshold.level }
    set { ownLevel = newValue }
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    var fields = metadataProvider?.get() ?? [:]
    fields.merge(metadata) { $1 }
    if let own = event.metadata { fields.merge(own) { $1 } }
    if let error = event.error { fields["error"] = "\(error)" }
    if settings.prompts == .lengthOnly { fields = Redaction.redact(fields) }
    let record = LogRecord(
      time: Timestamp(settings.time.wall()), level: event.level, logger: label,
      message: event.message.description, fields: fields)
    switch settings.format {
    case .json: settings.sink.write(record.json)
    case .text: settings.sink.write(record.text)
    }
  }
}

/// What all loggers of a process share.
package struct LogSettings: Sendable {
  package var format: LogFormat
  package let threshold: LogThreshold
  package var prompts: PromptPolicy
  package var sink: any LogSink
  package var time: any TimeSource

  package init(
    format: LogFormat = .json, level: Logger.Level = .info, prompts: PromptPolicy = .lengthOnly,
    sink: any LogSink = DescriptorSink(), time: any TimeSource = SystemTime()
  ) {
    self.format = format
    threshold = LogThreshold(level)
    self.prompts = prompts
    self.sink = sink
    self.time = time
  }

  /// Makes these the settings of `Logger(label:)`; once per process.
  package func bootstrap() {
    LoggingSystem.bootstrap { ServiceLogHandler(label: $0, settings: self) }
  }
}

/// Keeps user text out of logs, however deep it is nested.
enum Redaction {
  static func redact(_ metadata: Logger.Metadata) -> Logger.Metadata {
    metadata.reduce(into: [:]) { result, entry in
      result[entry.key] =
        LogKey.userText.contains(entry.key)
        ? "[\(entry.value.description.count) characters]" : redact(entry.value)
    }
  }

  private static func redact(_ value: Logger.MetadataValue) -> Logger.MetadataValue {
    switch value {
    case .dictionary(let dictionary): .dictionary(redact(dictionary))
    case .array(let values): .array(values.map(redact))
    default: value
    }
  }
}
