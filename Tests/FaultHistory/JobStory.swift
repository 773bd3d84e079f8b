import Jobs

/// All that was seen of the job under one Idempotency-Key.
struct JobStory {
  let key: String
  private let sightings: [Seen]
  private let observations: [Observation]

  private struct Seen {
    let began: ContinuousClock.Instant
    let ended: ContinuousClock.Instant
    let job: Observation.Sighting
  }

  init(key: String, observations: [Observation]) {
    self.key = key
    self.observations = observations
    sightings = observations.compactMap { observation in
      switch observation.kind {
      case .accepted(let job), .job(let job):
        Seen(began: observation.began, ended: observation.ended, job: job)
      default: nil
      }
    }
  }

  func violations(of asked: AskedJob?) -> [Violation] {
    identity() + end(asked) + order() + states() + results() + events()
  }

  private func violation(_ rule: Violation.Rule, _ detail: String) -> Violation {
    Violation(rule: rule, key: key, detail: detail)
  }

  private func identity() -> [Violation] {
    let ids = Set(observations.compactMap(\.id))
    return ids.count > 1
      ? [violation(.twice, "has the jobs \(ids.sorted().joined(separator: " "))")] : []
  }

  /// Accepted, and seen at its end; and the end is one that somebody asked for.
  private func end(_ asked: AskedJob?) -> [Violation] {
    let wasAccepted = observations.contains {
      if case .accepted = $0.kind { true } else { false }
    }
    guard wasAccepted else { return [violation(.lost, "was never accepted")] }
    guard let last = sightings.first(where: { $0.job.state.isFinal })?.job else {
      return [violation(.lost, "was accepted and never seen at its end")]
    }
    switch last.state {
    case .succeeded: return []
    case .canceled where asked?.isCancelled == true: return []
    default: return [violation(.wrongState, "ended as \(last.state.rawValue)")]
    }
  }

  /// Who asks after another was answered sees nothing older.
  private func order() -> [Violation] {
    var found: [Violation] = []
    var newest: Observation.Sighting?
    // Answers by when they came; each is held against questions put after it.
    var answers = sightings.sorted { $0.ended < $1.ended }[...]
    for seen in sightings.sorted(by: { $0.began < $1.began }) {
      while let answer = answers.first, answer.ended <= seen.began {
        if answer.job.sequence >= newest?.sequence ?? .min { newest = answer.job }
        answers.removeFirst()
      }
      guard let newest else { continue }
      if seen.job.sequence < newest.sequence {
        found.append(
          violation(.wrongOrder, "sequence \(seen.job.sequence) after \(newest.sequence)"))
      }
      if seen.job.attempt < newest.attempt {
        found.append(violation(.wrongOrder, "attempt \(seen.job.attempt) after \(newest.attempt)"))
      }
    }
    return found + unchanged()
  }

  /// "Not modified" is a statement about the sequence, too.
  private func unchanged() -> [Violation] {
    observations.compactMap { observation in
      guard case .unchanged(_, let sequence) = observation.kind,
        let newer = sightings.first(where: {
          $0.ended <= observation.began && $0.job.sequence > sequence
        })
      else { return nil }
      return violation(
        .wrongOrder, "not modified since \(sequence) after \(newer.job.sequence)")
    }
  }

  /// In the order of the sequence, states follow the edges of a job's life.
  private func states() -> [Violation] {
    var found: [Violation] = []
    let ordered = sightings.map(\.job).sorted { $0.sequence < $1.sequence }
    for (before, after) in zip(ordered, ordered.dropFirst()) {
      if before.sequence == after.sequence {
        guard before.state == after.state, before.attempt == after.attempt else {
          found.append(
            violation(
              .wrongState,
              "\(before.state.rawValue) and \(after.state.rawValue) at \(after.sequence)"))
          continue
        }
      } else if before.state.isFinal {
        found.append(
          violation(
            .wrongState,
            "\(before.state.rawValue) at \(before.sequence), \(after.state.rawValue) at \(after.sequence)"
          ))
      }
    }
    return found
  }

  /// A job that succeeded has a picture, always the same, and its bytes are those that were announced.
  private func results() -> [Violation] {
    var hashes: Set<String> = []
    var found: [Violation] = []
    for seen in sightings {
      switch (seen.job.state, seen.job.picture) {
      case (.succeeded, let picture?): hashes.insert(picture)
      case (.succeeded, nil): found.append(violation(.wrongState, "succeeded without a picture"))
      case (_, _?):
        found.append(violation(.wrongState, "a picture while \(seen.job.state.rawValue)"))
      case (_, nil): break
      }
    }
    for observation in observations {
      if case .picture(_, let hash) = observation.kind { hashes.insert(hash) }
    }
    if hashes.count > 1 {
      found.append(violation(.changedResult, "gave \(hashes.sorted().joined(separator: " "))"))
    }
    return found
  }

  // MARK: Events

  /// Which events may follow one; the first is `queued`.
  private static let next: [String: Set<String>] = [
    "queued": ["running", "canceled", "expired"],
    "requeued": ["running", "canceled", "expired"],
    "running": [
      "progress", "requeued", "cancel_requested", "succeeded", "failed", "canceled",
    ],
    "progress": [
      "progress", "requeued", "cancel_requested", "succeeded", "failed", "canceled",
    ],
    "cancel_requested": ["progress", "canceled"],
  ]
  private static let ends: Set = ["succeeded", "failed", "canceled", "expired"]

  private func events() -> [Violation] {
    observations.flatMap { observation -> [Violation] in
      guard case .events(_, let events) = observation.kind else { return [] }
      return violations(in: events)
    }
  }

  private func violations(in events: [Observation.Event]) -> [Violation] {
    var found: [Violation] = []
    if events.first?.name != "queued" {
      found.append(violation(.wrongState, "begins with \(events.first?.name ?? "nothing")"))
    }
    for (before, after) in zip(events, events.dropFirst()) {
      if after.sequence <= before.sequence {
        found.append(violation(.wrongOrder, "event \(after.sequence) after \(before.sequence)"))
      }
      if Self.next[before.name]?.contains(after.name) != true {
        let isSecond = Self.ends.contains(before.name)
        found.append(
          violation(isSecond ? .twice : .wrongState, "\(before.name), then \(after.name)"))
      }
    }
    let last = events.last?.name ?? "nothing"
    if !Self.ends.contains(last) { found.append(violation(.lost, "its events end with \(last)")) }
    if let final = sightings.first(where: { $0.job.state.isFinal })?.job.state,
      Self.ends.contains(last), final.rawValue != last
    {
      found.append(violation(.wrongState, "is \(final.rawValue), and its events end with \(last)"))
    }
    return found
  }
}
