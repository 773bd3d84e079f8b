import FaultHistory
import Foundation

/// Kills and stops the processes of a service at random while clients use it, and judges what the
/// clients saw.
///
/// `Scripts/faults` starts it.
@main struct FaultRun {
  static func main() {
    guard let options = RunOptions(CommandLine.arguments) else { fail(RunOptions.usage) }
    do {
      let run = try Run(options)
      let report = run.carryOut()
      print(report.table)
      for line in report.faults.prefix(50) { print(line) }
      exit(report.faults.isEmpty ? 0 : 1)
    } catch {
      fail("\(error)")
    }
  }

  private static func fail(_ reason: String) -> Never {
    FileHandle.standardError.write(Data((reason + "\n").utf8))
    exit(2)
  }
}

/// A fleet, its clients and its faults.
private struct Run {
  private static let clients = 24

  private let options: RunOptions
  private let fleet: Fleet
  private let ledger = Ledger()

  init(_ options: RunOptions) throws {
    self.options = options
    fleet = try Fleet(options)
  }

  func carryOut() -> RunReport {
    defer { fleet.end() }
    let start = ContinuousClock.now
    let end = start + .seconds(options.seconds)
    let maker = FaultMaker(fleet)
    let plan = FaultPlan(seed: options.seed, interval: options.interval, roles: fleet.roles)
    inParallel(Self.clients + 1) { [self] number in
      if number == Self.clients {
        maker.run(plan, until: end)
      } else {
        submit(as: number, from: start)
      }
    }
    return RunReport(
      options: options, tally: maker.tally, ledger: ledger, listed: audit(),
      processes: fleet.all, start: start)
  }

  /// Submits every so many-th job when its time has come: they spread over the time of the faults.
  private func submit(as number: Int, from start: ContinuousClock.Instant) {
    for place in stride(from: number, to: options.jobs, by: Self.clients) {
      let share = Double(place) / Double(options.jobs)
      let pause = start + .seconds(share * Double(options.seconds) * 0.95) - .now
      if pause > .zero { usleep(UInt32(pause / .microseconds(1))) }
      var client = self.client(number, stream: place)
      client.carryOut(place)
    }
  }

  /// - Parameter stream: of its random choices; one for each job, so that no two are alike.
  private func client(_ number: Int, stream: Int) -> JobClient {
    JobClient(
      number: number, ports: fleet.servers.map(\.port), ledger: ledger,
      generator: SeededGenerator(seed: options.seed, stream: stream),
      // Beside builds, workers (the lowest in priority) have stood still for minutes.
      deadline: .now + .seconds(900))
  }

  /// When all is quiet: every job's events, and the list of all jobs.
  private func audit() -> [String] {
    var jobs: [String: String] = [:]
    for observation in ledger.all.observations {
      if case .accepted(let job) = observation.kind { jobs[job.id] = observation.key }
    }
    let all = jobs.sorted { $0.key < $1.key }
    inParallel(8) { [self] number in
      var client = self.client(Self.clients + number, stream: -10 - number)
      for place in stride(from: number, to: all.count, by: 8) {
        client.replay(all[place].key, all[place].value)
      }
    }
    var auditor = client(-2, stream: -2)
    return auditor.list()
  }

  /// On threads of its own; Dispatch would give no more than the cores.
  private func inParallel(_ count: Int, _ work: @escaping @Sendable (Int) -> Void) {
    let group = DispatchGroup()
    for number in 0..<count {
      group.enter()
      Thread {
        work(number)
        group.leave()
      }.start()
    }
    group.wait()
  }
}
