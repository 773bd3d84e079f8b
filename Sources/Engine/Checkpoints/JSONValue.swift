/// A JSON value (RFC 8259) whose objects keep their order and hold every key once.
package indirect enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  /// A number written without fraction and exponent that fits 64 bits.
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// The value in a few words, for messages: numbers and strings as written, the rest by kind.
  package var summary: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .number(let value): String(value)
    case .string(let value): value.count <= 60 ? "\"\(value)\"" : "\"\(value.prefix(60))…\""
    case .array(let values) where values.count <= 8:
      "[" + values.map(\.summary).joined(separator: ", ") + "]"
    case .array(let values): "a list of \(values.count)"
    case .object(let members): "an object of \(members.count) members"
    }
  }
}

/// The members of a JSON object in the order of the text; no key occurs twice.
package struct JSONObject: Sendable, Equatable {
  package private(set) var keys: [String] = []
  private var values: [String: JSONValue] = [:]

  package init() {}

  package var count: Int { keys.count }

  package subscript(key: String) -> JSONValue? { values[key] }

  /// Adds a member; `false`, and nothing added, where the key is there already.
  package mutating func add(_ key: String, _ value: JSONValue) -> Bool {
    guard values.updateValueIfAbsent(value, forKey: key) else { return false }
    keys.append(key)
    return true
  }
}

extension Dictionary {
  /// Stores the value where the key has none yet and says whether it did.
  fileprivate mutating func updateValueIfAbsent(_ value: Value, forKey key: Key) -> Bool {
    guard self[key] == nil else { return false }
    self[key] = value
    return true
  }
}

/// How much JSON a reader takes in before it gives up.
package struct JSONLimits: Sendable {
  /// Length of the text.
  package var bytes: Int
  /// Depth of nested lists and objects.
  package var depth: Int
  /// Number of values of every kind; bounds memory, which a short text could blow up.
  package var values: Int

  package init(bytes: Int, depth: Int = 32, values: Int = 200_000) {
    self.bytes = bytes
    self.depth = depth
    self.values = values
  }

  /// `config.json`, `model_index.json`, `byteedit.json` and the like.
  package static let configuration = JSONLimits(bytes: 1 << 20)
  /// The index of sharded weights.
  package static let index = JSONLimits(bytes: 1 << 24, depth: 4, values: 1_000_000)
  /// A safetensors header; the length is the reference implementation's.
  package static let header = JSONLimits(bytes: 100_000_000, depth: 4, values: 2_000_000)
}
