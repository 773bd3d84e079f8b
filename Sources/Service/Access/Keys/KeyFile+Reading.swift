import Jobs
import Yams

extension KeyFile {
  /// The fields of a key, in the order in which they are written.
  enum Field: String, CaseIterable {
    case id
    case sha256
    case owner
    case scopes
    case jobsInFlight = "jobs_in_flight"
    case requestsPerMinute = "requests_per_minute"
    case created
    case expires
    case disabled
    case note
  }

  /// Reads YAML or JSON; throws `KeyFileError.invalid` with the line of what is wrong.
  package init(text: String) throws(KeyFileError) {
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw .invalid("\(error)")
    }
    guard let mapping = root?.mapping, mapping.count == 1, let list = mapping["keys"]?.sequence
    else { throw .invalid("it must hold a list named 'keys' and nothing else") }
    var keys: [APIKey] = []
    for node in list { keys.append(try Self.key(node)) }
    try self.init(keys)
  }

  private static func key(_ node: Node) throws(KeyFileError) -> APIKey {
    guard let mapping = node.mapping else {
      throw error(node, "every key is a mapping with an id, a sha256 and scopes")
    }
    var values: [Field: Node] = [:]
    for (name, value) in mapping {
      guard let field = name.string.flatMap(Field.init) else {
        let names = Field.allCases.map(\.rawValue).joined(separator: ", ")
        throw error(name, "'\(name.string ?? "")' is no field of a key; the fields are \(names)")
      }
      values[field] = value
    }
    var key = APIKey(
      id: try name(values[.id], .id, node), digest: try digest(values[.sha256], node),
      scopes: try scopes(values[.scopes], node))
    if let owner = values[.owner] { key.owner = try name(owner, .owner, node) }
    key.quota.jobsInFlight = try number(values[.jobsInFlight], .jobsInFlight)
    key.quota.requestsPerMinute = try number(values[.requestsPerMinute], .requestsPerMinute)
    key.createdAt = try moment(values[.created], .created)
    key.expiresAt = try moment(values[.expires], .expires)
    key.isDisabled = try flag(values[.disabled], .disabled)
    key.note = values[.note]?.string
    return key
  }

  // MARK: Fields

  private static func name(
    _ node: Node?, _ field: Field, _ key: Node
  ) throws(KeyFileError) -> String {
    guard let text = node?.string, APIKey.isName(text) else {
      throw error(
        node ?? key, "'\(field.rawValue)' must be 1 to 64 of a-z, 0-9, '.', '_' and '-'")
    }
    return text
  }

  private static func digest(_ node: Node?, _ key: Node) throws(KeyFileError) -> KeyDigest {
    guard let digest = node?.string.flatMap(KeyDigest.init) else {
      throw error(
        node ?? key,
        "'sha256' must be the SHA-256 of the key in 64 hexadecimal digits, lower case: "
          + "'byteedit keys create' writes it")
    }
    return digest
  }

  private static func scopes(_ node: Node?, _ key: Node) throws(KeyFileError) -> Set<Scope> {
    let names = Scope.allCases.map(\.rawValue).joined(separator: ", ")
    let wrong = "'scopes' must be a list of some of \(names)"
    guard let list = node?.sequence, !list.isEmpty else { throw error(node ?? key, wrong) }
    var scopes: Set<Scope> = []
    for item in list {
      guard let scope = item.string.flatMap(Scope.init) else { throw error(item, wrong) }
      scopes.insert(scope)
    }
    return scopes
  }

  private static func number(_ node: Node?, _ field: Field) throws(KeyFileError) -> Int? {
    guard let node else { return nil }
    guard let value = node.int, KeyQuota.range.contains(value) else {
      throw error(
        node,
        "'\(field.rawValue)' must be a whole number from \(KeyQuota.range.lowerBound) to "
          + "\(KeyQuota.range.upperBound); leave it out for no limit")
    }
    return value
  }

  private static func moment(
    _ node: Node?, _ field: Field
  ) throws(KeyFileError) -> Timestamp? {
    guard let node else { return nil }
    guard let moment = node.string.flatMap({ Timestamp(rfc3339: $0) }) else {
      throw error(node, "'\(field.rawValue)' must be a moment such as 2027-01-31T12:00:00Z")
    }
    return moment
  }

  private static func flag(_ node: Node?, _ field: Field) throws(KeyFileError) -> Bool {
    guard let node else { return false }
    guard let flag = node.bool else {
      throw error(node, "'\(field.rawValue)' must be true or false")
    }
    return flag
  }

  private static func error(_ node: Node, _ reason: String) -> KeyFileError {
    .invalid((node.mark.map { "line \($0.line): " } ?? "") + reason)
  }
}
