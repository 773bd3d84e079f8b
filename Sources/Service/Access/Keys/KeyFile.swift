/// The keys file: YAML, of which JSON is a part, a list named `keys`.
///
/// ```yaml
/// keys:
///   - id: shop
///     sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
///     scopes: [edit, read]
///     requests_per_minute: 120
/// ```
package struct KeyFile: Sendable {
  package private(set) var keys: [APIKey]

  package init() {
    keys = []
  }

  /// Throws `KeyFileError.invalid` where two keys have an id or a secret in common.
  package init(_ keys: [APIKey]) throws(KeyFileError) {
    self.init()
    for key in keys { try add(key) }
  }

  package mutating func add(_ key: APIKey) throws(KeyFileError) {
    guard !keys.contains(where: { $0.id == key.id }) else {
      throw .invalid("there is a key '\(key.id)' already: choose another id")
    }
    if let twin = keys.first(where: { $0.digest.equalsInConstantTime(key.digest) }) {
      throw .invalid("the keys '\(twin.id)' and '\(key.id)' have the same secret: remove one")
    }
    keys.append(key)
  }

  /// Switches a key off; throws where there is none of this id.
  package mutating func disable(_ id: String) throws(KeyFileError) {
    guard let index = keys.firstIndex(where: { $0.id == id }) else {
      throw .invalid("there is no key '\(id)': 'byteedit keys list' shows which there are")
    }
    keys[index].isDisabled = true
  }
}

/// Why a keys file cannot be used; nothing of it is, then.
package enum KeyFileError: Error, Sendable, Hashable, CustomStringConvertible {
  case unreadable(String)
  /// What stands in it is no list of keys, with the line where one is known.
  case invalid(String)
  case unwritable(String)

  package var description: String {
    switch self {
    case .unreadable(let reason): "cannot read the keys file: \(reason)"
    case .invalid(let reason): "the keys file is not valid: \(reason)"
    case .unwritable(let reason): "cannot write the keys file: \(reason)"
    }
  }
}
