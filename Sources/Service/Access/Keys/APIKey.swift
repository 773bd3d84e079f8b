package import Jobs

/// One key as the keys file has it.
package struct APIKey: Sendable {
  /// How logs and people name it; no secret.
  package var id: String
  package var digest: KeyDigest
  /// Whose jobs its jobs are: its own id, or one that several keys share.
  package var owner: String
  package var scopes: Set<Scope>
  package var quota = KeyQuota()
  package var createdAt: Jobs.Timestamp?
  package var expiresAt: Jobs.Timestamp?
  package var isDisabled = false
  /// For people: what the key is for.
  package var note: String?

  package init(
    id: String, digest: KeyDigest, owner: String? = nil, scopes: Set<Scope>
  ) {
    self.id = id
    self.digest = digest
    self.owner = owner ?? id
    self.scopes = scopes
  }

  /// 1 to 64 of `a-z 0-9 . _ -`, the first a letter or a digit.
  package static func isName(_ text: String) -> Bool {
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte)
    }
    guard (1...64).contains(text.utf8.count), let first = text.utf8.first else { return false }
    return isAlphanumeric(first)
      && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2e || $0 == 0x5f || $0 == 0x2d }
  }

  package enum State: String, Sendable {
    case active
    case disabled
    case expired
  }

  package func state(at now: Jobs.Timestamp) -> State {
    if isDisabled { return .disabled }
    return expiresAt.map { now >= $0 } == true ? .expired : .active
  }
}

/// How much a key may use; `nil` is no limit.
package struct KeyQuota: Sendable, Hashable {
  /// Jobs queued and running at one time, those of the same owner together; at least 1.
  package var jobsInFlight: Int?
  /// Requests of any kind within a minute, all of which may come at once; at least 1.
  package var requestsPerMinute: Int?

  package init(jobsInFlight: Int? = nil, requestsPerMinute: Int? = nil) {
    self.jobsInFlight = jobsInFlight
    self.requestsPerMinute = requestsPerMinute
  }

  /// What either limit may be.
  package static let range = 1...1_000_000
}
