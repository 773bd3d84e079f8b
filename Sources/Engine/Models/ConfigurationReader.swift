import Checkpoints

/// Reads a network's `config.json` so that no key is passed over in silence: each is used, checked
/// to hold the value that changes nothing, or on a list of keys that cannot change the output.
struct ConfigurationReader {
  let path: String
  private let members: JSONObject
  private var unread: Set<String>

  /// Keys that every exporter writes and that say nothing about the computation.
  private static let descriptive: Set<String> = [
    "_diffusers_version", "_name_or_path", "_use_default_values", "architectures", "dtype",
    "torch_dtype", "transformers_version",
  ]
  /// Keys that a moving average of weights leaves in the configuration it is saved with.
  private static let movingAverage: Set<String> = [
    "decay", "inv_gamma", "min_decay", "optimization_step", "power", "update_after_step",
    "use_ema_warmup",
  ]

  /// - Parameter ignoring: keys that cannot change what this network computes at inference.
  init(_ members: JSONObject, path: String, ignoring: Set<String>) {
    self.path = path
    self.members = members
    unread = Set(members.keys)
      .subtracting(Self.descriptive).subtracting(Self.movingAverage).subtracting(ignoring)
  }

  /// Throws for the first key that nobody asked for.
  func finish() throws(ModelError) {
    if let key = unread.min() { throw .unknownKey(path: path, key: key) }
  }

  /// The value, unless the key is absent or null.
  private mutating func value(_ key: String) -> JSONValue? {
    unread.remove(key)
    let value = members[key]
    return value == .null ? nil : value
  }

  /// Takes note of a key that the caller looks at by itself.
  mutating func skip(_ key: String) { unread.remove(key) }

  private func refusal(_ key: String, _ supported: String) -> ModelError {
    .unsupportedValue(
      path: path, key: key, value: members[key]?.summary ?? "absent", supported: supported)
  }

  // MARK: Single values

  mutating func integer(
    _ key: String, in range: ClosedRange<Int>, default fallback: Int? = nil
  ) throws(ModelError) -> Int {
    let stored = value(key)
    if stored == nil, let fallback { return fallback }
    guard case .integer(let integer)? = stored, range.contains(integer) else {
      throw refusal(key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return integer
  }

  /// A whole number, or nothing where the key is absent or null.
  mutating func optionalInteger(
    _ key: String, in range: ClosedRange<Int>
  ) throws(ModelError) -> Int? {
    guard members[key] != nil, members[key] != .null else {
      unread.remove(key)
      return nil
    }
    return try integer(key, in: range)
  }

  mutating func number(
    _ key: String, in range: ClosedRange<Double>, default fallback: Double
  ) throws(ModelError) -> Double {
    let number: Double? =
      switch value(key) {
      case nil: fallback
      case .integer(let integer)?: Double(integer)
      case .number(let number)?: number
      default: nil
      }
    guard let number, range.contains(number) else {
      throw refusal(key, "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  mutating func bool(_ key: String, default fallback: Bool) throws(ModelError) -> Bool {
    switch value(key) {
    case nil: return fallback
    case .bool(let bool)?: return bool
    default: throw refusal(key, "true or false")
    }
  }

  /// A text that must be one of the keys of `choices`.
  mutating func choice<Choice>(
    _ key: String, _ choices: KeyValuePairs<String, Choice>, default fallback: Choice? = nil
  ) throws(ModelError) -> Choice {
    let stored = value(key)
    if stored == nil, let fallback { return fallback }
    guard case .string(let name)? = stored, let found = choices.first(where: { $0.key == name })
    else { throw refusal(key, choices.map(\.key).joined(separator: ", ")) }
    return found.value
  }

  /// The key must be absent, null, or hold one of the values that change nothing.
  mutating func neutral(_ key: String, _ allowed: JSONValue...) throws(ModelError) {
    guard let stored = value(key) else { return }
    guard allowed.contains(where: { Self.isEqual($0, stored) }) else {
      throw refusal(key, allowed.map(\.summary).joined(separator: " or ") + " or null")
    }
  }

  private static func isEqual(_ a: JSONValue, _ b: JSONValue) -> Bool {
    switch (a, b) {
    case (.integer(let integer), .number(let number)): Double(integer) == number
    default: a == b
    }
  }

  // MARK: Lists

  /// A list of exactly `count` numbers.
  mutating func numbers(
    _ key: String, count: Int, in range: ClosedRange<Double>, default fallback: [Float]
  ) throws(ModelError) -> [Float] {
    guard let stored = value(key) else { return fallback }
    var numbers: [Float] = []
    if case .array(let elements) = stored {
      for element in elements {
        switch element {
        case .integer(let integer) where range.contains(Double(integer)):
          numbers.append(Float(integer))
        case .number(let number) where range.contains(number): numbers.append(Float(number))
        default: break
        }
      }
      if numbers.count == count, elements.count == count { return numbers }
    }
    throw refusal(key, "\(count) numbers from \(range.lowerBound) to \(range.upperBound)")
  }

  /// A list of whole numbers, 1 to 8 of them.
  mutating func integers(
    _ key: String, in range: ClosedRange<Int>, default fallback: [Int]
  ) throws(ModelError) -> [Int] {
    let supported = "1 to 8 whole numbers from \(range.lowerBound) to \(range.upperBound)"
    guard let stored = value(key) else { return fallback }
    guard case .array(let elements) = stored, (1...8).contains(elements.count) else {
      throw refusal(key, supported)
    }
    var integers: [Int] = []
    for element in elements {
      guard case .integer(let integer) = element, range.contains(integer) else {
        throw refusal(key, supported)
      }
      integers.append(integer)
    }
    return integers
  }

  /// One whole number for every block, or a list of one for each.
  mutating func integerPerBlock(
    _ key: String, blocks: Int, in range: ClosedRange<Int>, default fallback: Int
  ) throws(ModelError) -> [Int] {
    guard case .array(let elements)? = members[key] else {
      let value = try integer(key, in: range, default: fallback)
      return [Int](repeating: value, count: blocks)
    }
    guard elements.count == blocks else {
      throw refusal(key, "one number, or a list of \(blocks), one for each block")
    }
    return try integers(key, in: range, default: [])
  }

  /// True or false for every block, or a list of one for each.
  mutating func boolPerBlock(
    _ key: String, blocks: Int, default fallback: Bool
  ) throws(ModelError) -> [Bool] {
    guard case .array(let elements)? = members[key] else {
      return [Bool](repeating: try bool(key, default: fallback), count: blocks)
    }
    unread.remove(key)
    let bools = elements.compactMap { if case .bool(let bool) = $0 { bool } else { nil } }
    guard bools.count == blocks, elements.count == blocks else {
      throw refusal(key, "true, false, or a list of \(blocks) of them, one for each block")
    }
    return bools
  }

  /// A list of block types, one for each block.
  mutating func choices<Choice>(
    _ key: String, blocks: Int, _ choices: KeyValuePairs<String, Choice>, default fallback: [Choice]
  ) throws(ModelError) -> [Choice] {
    let supported =
      "a list of \(blocks), each " + choices.map(\.key).joined(separator: " or ")
    let stored = value(key)
    if stored == nil, fallback.count == blocks { return fallback }
    guard case .array(let elements)? = stored, elements.count == blocks else {
      throw refusal(key, supported)
    }
    var result: [Choice] = []
    for element in elements {
      guard case .string(let name) = element, let found = choices.first(where: { $0.key == name })
      else { throw refusal(key, supported) }
      result.append(found.value)
    }
    return result
  }
}

extension ConfigurationReader {
  /// A `config.json` of these members, each value as JSON.
  static func file(_ members: [(key: String, text: String)]) -> String {
    let lines = members.map { "  \"\($0.key)\": \($0.text)" }
    return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
  }

  /// The object under a key, empty where there is none, as a reader of its own.
  mutating func nested(_ key: String, ignoring: Set<String>) throws(ModelError) -> Self {
    switch value(key) {
    case nil: return Self(JSONObject(), path: path, ignoring: ignoring)
    case .object(let members)?: return Self(members, path: path, ignoring: ignoring)
    default: throw refusal(key, "an object")
    }
  }
}
