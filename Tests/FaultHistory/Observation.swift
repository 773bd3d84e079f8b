package import Jobs

/// One thing that one client was told, and between which moments.
package struct Observation: Sendable {
  /// What a server said about a job at one moment.
  package struct Sighting: Sendable, Hashable {
    package var id: String
    package var state: JobState
    package var sequence: Int64
    package var attempt: Int
    /// The hash of candidate 0, once there is one.
    package var picture: String?

    package init(
      id: String, state: JobState, sequence: Int64, attempt: Int, picture: String? = nil
    ) {
      self.id = id
      self.state = state
      self.sequence = sequence
      self.attempt = attempt
      self.picture = picture
    }
  }

  package enum Kind: Sendable, Hashable {
    /// A submission was accepted, for the first time or again: 202.
    case accepted(Sighting)
    /// The job was read.
    case job(Sighting)
    /// If-None-Match: nothing has changed since this sequence.
    case unchanged(id: String, sequence: Int64)
    /// The result's bytes were fetched; their hash.
    case picture(id: String, hash: String)
    /// All events of an ended job, in the order in which they came.
    case events(id: String, [Event])
    /// An answer that is no success.
    case refused(status: Int, tellsWhenToRetry: Bool, id: String?)
    /// No answer: the connection was refused, broke off or stayed silent.
    case unanswered
  }

  package struct Event: Sendable, Hashable {
    package var sequence: Int64
    package var name: String

    package init(sequence: Int64, name: String) {
      self.sequence = sequence
      self.name = name
    }
  }

  package let client: Int
  /// The Idempotency-Key of the job that it is about.
  package let key: String
  package let began: ContinuousClock.Instant
  package let ended: ContinuousClock.Instant
  package let kind: Kind

  package init(
    client: Int, key: String, began: ContinuousClock.Instant, ended: ContinuousClock.Instant,
    kind: Kind
  ) {
    self.client = client
    self.key = key
    self.began = began
    self.ended = ended
    self.kind = kind
  }
}

/// What was asked for under an Idempotency-Key.
package struct AskedJob: Sendable, Hashable {
  /// Jobs with the same recipe must give the same bytes.
  package let recipe: String
  /// Its client asked for its cancellation.
  package var isCancelled: Bool

  package init(recipe: String, isCancelled: Bool = false) {
    self.recipe = recipe
    self.isCancelled = isCancelled
  }
}

/// Something that a client must never see.
package struct Violation: Sendable, Hashable, CustomStringConvertible {
  package enum Rule: String, Sendable, CaseIterable {
    case lost
    case twice
    case wrongOrder = "wrong order"
    case wrongState = "wrong state"
    case changedResult = "changed result"
    case wrongAnswer = "wrong answer"
  }

  package let rule: Rule
  package let key: String
  package let detail: String

  package var description: String { "\(rule.rawValue): \(key): \(detail)" }
}
