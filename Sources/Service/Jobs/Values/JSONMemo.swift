import Locks

/// Remembers what texts of JSON mean, so that a row which is read again and again is decoded once.
package final class JSONMemo: Sendable {
  private struct Key: Hashable {
    let type: ObjectIdentifier
    let text: String
  }

  private struct State {
    var young: [Key: any Sendable] = [:]
    var old: [Key: any Sendable] = [:]
    /// Bytes of the young texts.
    var size = 0
  }

  private let state = Lock(State())
  private let limit: Int

  /// - Parameter limit: bytes of texts that are remembered at least, and at most twice.
  package init(limit: Int = 1 << 20) {
    self.limit = limit
  }

  /// As `JSONText.decode`; what cannot be decoded is not remembered.
  package func decode<Value: Decodable & Sendable>(
    _ type: Value.Type, from text: String
  ) throws -> Value {
    let key = Key(type: ObjectIdentifier(type), text: text)
    if let value = state.withLock({ $0.young[key] ?? $0.old[key] }) as? Value { return value }
    let value = try JSONText.decode(type, from: text)
    keep(value, key)
    return value
  }

  /// As `JSONText.encode`, for a text that will soon be decoded.
  package func encode<Value: Codable & Sendable>(_ value: Value) throws -> String {
    let text = try JSONText.encode(value)
    keep(value, Key(type: ObjectIdentifier(Value.self), text: text))
    return text
  }

  private func keep(_ value: any Sendable, _ key: Key) {
    let size = key.text.utf8.count
    guard size <= limit / 4 else { return }
    state.withLock { state in
      if state.size + size > limit {
        (state.old, state.young, state.size) = (state.young, [:], 0)
      }
      if state.young.updateValue(value, forKey: key) == nil { state.size += size }
    }
  }
}
