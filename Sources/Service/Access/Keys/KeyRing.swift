import Locks

/// The keys in force; replaced as a whole while requests run.
package final class KeyRing: Sendable {
  private let keys: Lock<[APIKey]>

  package init(_ file: KeyFile) {
    keys = Lock(file.keys)
  }

  /// Later requests see these keys alone; those under way go on as they were let in.
  package func replace(with file: KeyFile) {
    keys.withLock { $0 = file.keys }
  }

  /// The keys, in the order of their file.
  package var all: [APIKey] { keys.withLock { $0 } }

  /// The key of a secret, whatever its state.
  ///
  /// Looks at every key in constant time each, so that the time says neither whether nor where
  /// there was a match.
  package func key(of secret: KeySecret) -> APIKey? {
    guard let digest = KeyDigest(of: secret) else { return nil }
    var match: APIKey?
    for key in all where key.digest.equalsInConstantTime(digest) { match = key }
    return match
  }
}
