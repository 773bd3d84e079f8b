import Jobs

extension KeyFile {
  /// As YAML, or as JSON for whoever keeps the file so; both can be read again.
  ///
  /// Values are written as JSON in either: a JSON value is a YAML one too.
  package func text(asJSON: Bool) throws(KeyFileError) -> String {
    do {
      let entries = try keys.map(Self.values)
      return asJSON ? Self.json(entries) : Self.yaml(entries)
    } catch {
      throw .unwritable("\(error)")
    }
  }

  private typealias Values = [(field: Field, value: String)]

  private static func yaml(_ entries: [Values]) -> String {
    guard !entries.isEmpty else { return "keys: []\n" }
    let items = entries.map { values in
      values.enumerated().map { index, entry in
        (index == 0 ? "  - " : "    ") + "\(entry.field.rawValue): \(entry.value)\n"
      }.joined()
    }
    return "keys:\n" + items.joined()
  }

  private static func json(_ entries: [Values]) -> String {
    let items = entries.map { values in
      let fields = values.map { "      \"\($0.field.rawValue)\": \($0.value)" }
      return "    {\n" + fields.joined(separator: ",\n") + "\n    }"
    }
    return "{\n  \"keys\": [\n" + items.joined(separator: ",\n") + "\n  ]\n}\n"
  }

  private static func values(_ key: APIKey) throws -> Values {
    let scopes = Scope.allCases.filter(key.scopes.contains).map(\.rawValue)
    let values: [(field: Field, value: String?)] = [
      (.id, try JSONText.encode(key.id)), (.sha256, try JSONText.encode(key.digest.description)),
      (.owner, key.owner == key.id ? nil : try JSONText.encode(key.owner)),
      (.scopes, try JSONText.encode(scopes)),
      (.jobsInFlight, key.quota.jobsInFlight.map(String.init)),
      (.requestsPerMinute, key.quota.requestsPerMinute.map(String.init)),
      (.created, try key.createdAt.map(JSONText.encode)),
      (.expires, try key.expiresAt.map(JSONText.encode)),
      (.disabled, key.isDisabled ? "true" : nil),
      (.note, try key.note.map(JSONText.encode)),
    ]
    return values.compactMap { field, value in value.map { (field, $0) } }
  }
}
