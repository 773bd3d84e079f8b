import Checkpoints

/// Reads `scheduler_config.json` into its keys and values.
enum ConfigurationFile {
  /// Which keys the file was saved with though its author never set them.
  private static let defaults = "_use_default_values"

  static func members(_ bytes: [UInt8]) throws(DiffusionError) -> [String: JSONValue] {
    let object = try parse(quotingInfinity(bytes))
    var members: [String: JSONValue] = [:]
    for key in object.keys { members[key] = object[key] }
    // Every sampler reads its own default in their place.
    for name in try names(members.removeValue(forKey: defaults)) { members[name] = nil }
    return members
  }

  private static func parse(_ bytes: [UInt8]) throws(DiffusionError) -> JSONObject {
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(JSONFault) in try JSONParser.parse(bytes, limits: .configuration) }
    }
    switch result {
    case .success(.object(let members)): return members
    case .success: throw .malformed(reason: "it is no object")
    case .failure(let fault):
      throw .malformed(reason: "\(fault.reason) at byte \(fault.offset)")
    }
  }

  private static func names(_ value: JSONValue?) throws(DiffusionError) -> [String] {
    guard let value else { return [] }
    guard case .array(let elements) = value else {
      throw .malformed(reason: "\(defaults) must be a list of names")
    }
    return elements.compactMap { element in
      if case .string(let name) = element { name } else { nil }
    }
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
