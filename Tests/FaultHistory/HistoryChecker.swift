/// Judges what all clients saw of a service that was killed and stopped at random.
///
/// Knows the promises of the API and nothing of how they are kept; the edges of a job's life stand
/// here a second time on purpose.
package struct HistoryChecker {
  private let asked: [String: AskedJob]
  private let observations: [Observation]
  /// The ids of all jobs that the service lists in the end.
  private let listed: [String]

  /// - Parameter asked: what was submitted, by Idempotency-Key.
  package init(asked: [String: AskedJob], observations: [Observation], listed: [String]) {
    self.asked = asked
    self.observations = observations
    self.listed = listed
  }

  package func violations() -> [Violation] {
    let stories = Dictionary(grouping: observations, by: \.key)
    var found = identities(stories)
    for key in asked.keys.sorted() {
      found += JobStory(key: key, observations: stories[key] ?? []).violations(of: asked[key])
    }
    return found + answers() + recipes()
  }

  // MARK: Nothing lost, nothing twice

  private func identities(_ stories: [String: [Observation]]) -> [Violation] {
    var found: [Violation] = []
    var keys: [String: String] = [:]
    for (key, story) in stories.sorted(by: { $0.key < $1.key }) {
      for id in Set(story.compactMap(\.id)).sorted() {
        if let other = keys[id] {
          found.append(Violation(rule: .twice, key: key, detail: "\(id) is also \(other)"))
        }
        keys[id] = key
      }
    }
    for (id, times) in Dictionary(listed.map { ($0, 1) }, uniquingKeysWith: +)
    where times > 1 || keys[id] == nil {
      let detail = times > 1 ? "is listed \(times) times" : "was promised to nobody"
      found.append(Violation(rule: .twice, key: keys[id] ?? "none", detail: "\(id) \(detail)"))
    }
    let present = Set(listed)
    for (id, key) in keys.sorted(by: { $0.key < $1.key }) where !present.contains(id) {
      found.append(Violation(rule: .lost, key: key, detail: "\(id) is not listed any more"))
    }
    return found
  }

  // MARK: Answers

  /// Every refusal is one that the API names, and says when to come again where that helps.
  private func answers() -> [Violation] {
    observations.compactMap { observation in
      guard case .refused(let status, let tells, let id) = observation.kind else { return nil }
      let isRight =
        switch status {
        case 409, 429, 503: tells
        default: false
        }
      guard !isRight else { return nil }
      return Violation(
        rule: .wrongAnswer, key: observation.key,
        detail: "status \(status)\(id.map { " for \($0)" } ?? "")"
          + (tells ? "" : " without Retry-After"))
    }
  }

  // MARK: Results

  /// The same request gives the same bytes, whoever carried it out and however often it was begun.
  private func recipes() -> [Violation] {
    var pictures: [String: (hash: String, key: String)] = [:]
    var found: [Violation] = []
    for observation in observations {
      guard case .picture(_, let hash) = observation.kind,
        let recipe = asked[observation.key]?.recipe
      else { continue }
      let first = pictures[recipe] ?? (hash, observation.key)
      pictures[recipe] = first
      if first.hash != hash {
        found.append(
          Violation(
            rule: .changedResult, key: observation.key,
            detail: "\(recipe) gave \(hash), and \(first.hash) to \(first.key)"))
      }
    }
    return found
  }
}

extension Observation {
  var id: String? {
    switch kind {
    case .accepted(let sighting), .job(let sighting): sighting.id
    case .unchanged(let id, _), .picture(let id, _), .events(let id, _): id
    case .refused, .unanswered: nil
    }
  }
}
