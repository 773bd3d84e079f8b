/// The Accept field, as far as one wants to know whether a type of ours will do.
package struct AcceptedTypes: Sendable {
  private let ranges: [(type: String, quality: Double)]

  /// A missing or empty field accepts everything; what cannot be read is passed over.
  package init(_ field: String?) {
    ranges = (field ?? "").split(separator: ",").compactMap { item in
      guard let (type, parameters) = HeaderParameters.parse(item.trimmedBlanks) else {
        return nil
      }
      return (type.lowercased(), parameters["q"].flatMap(Double.init) ?? 1)
    }
  }

  /// How much a type such as `image/png` is wanted, 0 (not at all) to 1: the most specific
  /// range that fits decides.
  package func quality(of type: String) -> Double {
    guard !ranges.isEmpty else { return 1 }
    let whole = String(type.prefix { $0 != "/" }) + "/*"
    for candidate in [type, whole, "*/*"] {
      if let range = ranges.first(where: { $0.type == candidate }) { return range.quality }
    }
    return 0
  }
}

/// The Prefer field (RFC 7240): `wait=10, respond-async`.
package struct Preferences: Sendable {
  private let values: [String: String]

  /// The first of a name counts; parameters after a semicolon are passed over.
  package init(_ fields: [String]) {
    var values: [String: String] = [:]
    for item in fields.joined(separator: ",").split(separator: ",") {
      let preference = item.split(separator: ";", omittingEmptySubsequences: false)[0]
      let parts = preference.split(separator: "=", maxSplits: 1)
      guard let name = parts.first?.trimmedBlanks.lowercased(), !name.isEmpty,
        values[name] == nil
      else { continue }
      let value = parts.count > 1 ? parts[1].trimmedBlanks : ""
      let isQuoted = value.count >= 2 && value.hasPrefix("\"") && value.hasSuffix("\"")
      values[name] = isQuoted ? String(value.dropFirst().dropLast()) : value
    }
    self.values = values
  }

  package subscript(name: String) -> String? { values[name] }

  /// Seconds the client would wait for the result; nil when not said or no whole number.
  package var wait: Int? {
    guard let text = values["wait"], text.utf8.allSatisfy(ASCII.isDigit) else { return nil }
    return Int(text)
  }
}
