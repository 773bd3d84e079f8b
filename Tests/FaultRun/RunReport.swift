import FaultHistory
import Jobs

/// What a run came to: a table, and what was wrong.
struct RunReport {
  let table: String
  let faults: [String]

  init(
    options: RunOptions, tally: FaultMaker.Tally, ledger: Ledger, listed: [String],
    processes: [ManagedProcess], start: ContinuousClock.Instant
  ) {
    let content = ledger.all
    let violations = HistoryChecker(
      asked: content.asked, observations: content.observations, listed: listed
    ).violations()
    let crashes = processes.flatMap(\.crashes)
    faults = violations.map(\.description) + crashes + tally.stuck
    var lines = Lines()
    lines.add("store, seed", "\(options.store.rawValue), \(options.seed)")
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    lines.add("jobs submitted over, run with audit", "\(options.seconds) s, \(Int(seconds)) s")
    for (name, count) in tally.counts.sorted(by: { $0.key < $1.key }) {
      lines.add("faults: \(name)", "\(count)")
    }
    lines.add("starts of processes", "\(processes.reduce(0) { $0 + $1.starts })")
    lines.add("jobs asked for, accepted, listed at the end", Self.jobs(content, listed))
    lines.add("jobs by end", Self.counted(Self.ends(content).map(\.state.rawValue)))
    lines.add(
      "jobs by attempts", Self.counted(Self.ends(content).map { String($0.attempt) }))
    lines.add("answers, kinds", Self.counted(content.observations.map(\.kind.name)))
    for (role, values) in tally.recoveries.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let sorted = values.sorted()
      lines.add(
        "\(role.rawValue) ready again, median and longest",
        "\(Self.text(sorted[sorted.count / 2])) s, \(Self.text(sorted.last ?? 0)) s")
    }
    lines.add(
      "longest until a submission was accepted", Self.text(content.longestSubmission) + " s")
    lines.add("longest time in which no job ended", Self.text(Self.gap(content.ends)) + " s")
    for rule in Violation.Rule.allCases {
      lines.add("violations: \(rule.rawValue)", "\(violations.count { $0.rule == rule })")
    }
    lines.add(
      "crashes of their own, processes that stayed away", "\(crashes.count), \(tally.stuck.count)")
    table = lines.text
  }

  private struct Lines {
    private(set) var text = "| | |\n|---|---|\n"

    mutating func add(_ name: String, _ value: String) { text += "| \(name) | \(value) |\n" }
  }

  private static func jobs(_ content: Ledger.Content, _ listed: [String]) -> String {
    let accepted = Set(
      content.observations.compactMap {
        if case .accepted(let job) = $0.kind { job.id } else { nil }
      })
    return "\(content.asked.count), \(accepted.count), \(listed.count)"
  }

  /// One sighting of each job's end.
  private static func ends(_ content: Ledger.Content) -> [Observation.Sighting] {
    var ends: [String: Observation.Sighting] = [:]
    for observation in content.observations {
      switch observation.kind {
      case .job(let job), .accepted(let job): if job.state.isFinal { ends[job.id] = job }
      default: break
      }
    }
    return Array(ends.values)
  }

  private static func counted(_ names: [String]) -> String {
    Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +).sorted { $0.key < $1.key }
      .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }

  private static func gap(_ ends: [ContinuousClock.Instant]) -> Double {
    let sorted = ends.sorted()
    return zip(sorted, sorted.dropFirst()).map { ($1 - $0) / .seconds(1) }.max() ?? 0
  }

  private static func text(_ seconds: Double) -> String {
    String(Double(Int(seconds * 10 + 0.5)) / 10)
  }
}

extension Observation.Kind {
  /// How the report counts it.
  fileprivate var name: String {
    switch self {
    case .accepted: "accepted"
    case .job: "job"
    case .unchanged: "304"
    case .picture: "picture"
    case .events: "events"
    case .refused(let status, _, _): "\(status)"
    case .unanswered: "none"
    }
  }
}
