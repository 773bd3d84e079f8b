import FoundationEssentials

/// A value of `scheduler_config.json`.
enum ConfigurationValue: Equatable, Decodable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  /// A list or an object, which no supported key has.
  case nested

  init(from decoder: any Decoder) throws {
    guard let container = try? decoder.singleValueContainer() else {
      self = .nested
      return
    }
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else {
      self = .nested
    }
  }

  var description: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let value): Int(exactly: value).map(String.init) ?? "\(value)"
    case .string(let value): "\"\(value)\""
    case .nested: "a list or an object"
    }
  }
}

/// Reads `scheduler_config.json` into its keys and values.
enum ConfigurationFile {
  private static let maximumBytes = 1 << 20

  static func values(_ bytes: [UInt8]) throws(DiffusionError) -> [String: ConfigurationValue] {
    guard bytes.count <= maximumBytes else {
      throw .malformed(reason: "it has more than \(maximumBytes) bytes")
    }
    do {
      var values = try JSONDecoder().decode(
        [String: ConfigurationValue].self, from: Data(quotingInfinity(bytes)))
      try dropDefaults(&values, bytes)
      return values
    } catch {
      throw .malformed(reason: "\(error)")
    }
  }

  /// Keys that the file was saved with but that its author never set: every sampler reads its own
  /// default in their place (diffusers' `_use_default_values`).
  private static func dropDefaults(
    _ values: inout [String: ConfigurationValue], _ bytes: [UInt8]
  ) throws {
    struct Defaults: Decodable {
      let names: [String]?

      private enum CodingKeys: String, CodingKey {
        case names = "_use_default_values"
      }
    }
    let defaults = try JSONDecoder().decode(Defaults.self, from: Data(quotingInfinity(bytes)))
    for name in defaults.names ?? [] { values[name] = nil }
    values["_use_default_values"] = nil
  }

  /// Python writes `Infinity` and `-Infinity` bare, which is no JSON: they become strings.
  private static func quotingInfinity(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var rest = bytes[...]
    var isInString = false
    while let byte = rest.first {
      let word = ["-Infinity", "Infinity"].first { rest.starts(with: $0.utf8) }
      if !isInString, let word {
        result += "\"\(word)\"".utf8
        rest = rest.dropFirst(word.utf8.count)
        continue
      }
      if isInString, byte == UInt8(ascii: "\\") {
        result += rest.prefix(2)
        rest = rest.dropFirst(2)
        continue
      }
      if byte == UInt8(ascii: "\"") { isInString.toggle() }
      result.append(byte)
      rest = rest.dropFirst()
    }
    return result
  }
}
