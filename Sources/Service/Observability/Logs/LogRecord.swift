import Logging

/// One log line before it is written.
struct LogRecord {
  let time: Timestamp
  let level: Logger.Level
  let logger: String
  let message: String
  let fields: Logger.Metadata

  private static let reservedKeys: Set<String> = ["time", "level", "logger", "message"]

  /// A JSON object: time, level, logger, message, then the metadata by name.
  ///
  /// A metadata key that is one of the four is written with a leading underscore.
  var json: String {
    var text = "{\"time\":\"\(time)\",\"level\":\"\(level.rawValue)\",\"logger\":"
    text += JSONText.string(logger) + ",\"message\":" + JSONText.string(message)
    for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
      let name = Self.reservedKeys.contains(key) ? "_" + key : key
      text += "," + JSONText.string(name) + ":" + JSONText.value(value)
    }
    return text + "}"
  }

  /// `2026-11-23T16:22:27.636Z INFO  jobs: claimed job_id=… attempt=2`, control characters escaped.
  var text: String {
    let name = level.rawValue.uppercased()
    let padding = String(repeating: " ", count: max(0, 8 - name.count))
    var text = "\(time) \(name)\(padding) \(logger): \(JSONText.escaped(message))"
    for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
      let value = value.description
      let isPlain =
        !value.isEmpty && value.allSatisfy { !$0.isWhitespace && $0 != "\"" && $0 != "=" }
      text +=
        " \(JSONText.escaped(key))=\(isPlain ? JSONText.escaped(value) : JSONText.string(value))"
    }
    return text
  }
}

/// Writes JSON text (RFC 8259); characters that end lines anywhere are escaped too.
enum JSONText {
  static func string(_ text: String) -> String { "\"" + escaped(text) + "\"" }

  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  static func value(_ value: Logger.MetadataValue) -> String {
    switch value {
    case .string(let text): string(text)
    case .stringConvertible(let number as any BinaryInteger): "\(number)"
    case .stringConvertible(let number as Double) where number.isFinite: "\(number)"
    case .stringConvertible(let flag as Bool): flag ? "true" : "false"
    case .stringConvertible(let other): string(other.description)
    case .array(let values): "[" + values.map(Self.value).joined(separator: ",") + "]"
    case .dictionary(let fields):
      "{"
        + fields.sorted { $0.key < $1.key }.map { string($0.key) + ":" + Self.value($0.value) }
        .joined(separator: ",") + "}"
    }
  }
}
