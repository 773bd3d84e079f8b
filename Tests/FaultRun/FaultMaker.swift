import Foundation
import Locks

/// Does to the fleet what the plan says, until it is told to stop; faults overlap.
final class FaultMaker: Sendable {
  struct Tally {
    var counts: [String: Int] = [:]
    /// Seconds from the end of a fault until whoever suffered it was ready again.
    var recoveries: [FaultPlan.Role: [Double]] = [:]
    /// Whoever was not ready within a minute.
    var stuck: [String] = []
  }

  private let fleet: Fleet
  private let state = Lock((tally: Tally(), busy: Set<String>()))
  private let running = DispatchGroup()

  init(_ fleet: Fleet) { self.fleet = fleet }

  var tally: Tally { state.withLock { $0.tally } }

  /// Returns when the last fault is over and all processes are ready.
  func run(_ plan: FaultPlan, until end: ContinuousClock.Instant) {
    var plan = plan
    while true {
      let fault = plan.next()
      guard ContinuousClock.now + .seconds(fault.pause) < end else { break }
      usleep(UInt32(fault.pause * 1e6))
      begin(fault)
    }
    running.wait()
  }

  /// Nobody suffers two faults at once; at most two suffer at the same time.
  private func begin(_ fault: FaultPlan.Fault) {
    let name = "\(fault.role.rawValue) \(fault.place)"
    let isFree = state.withLock { state in
      guard state.busy.count < 2, state.busy.insert(name).inserted else { return false }
      state.tally.counts["\(fault.role.rawValue) \(fault.act.rawValue)", default: 0] += 1
      return true
    }
    guard isFree else { return }
    running.enter()
    Thread { [self] in
      suffer(fault, name)
      state.withLock { _ = $0.busy.remove(name) }
      running.leave()
    }.start()
  }

  private func suffer(_ fault: FaultPlan.Fault, _ name: String) {
    let lasts = UInt32(fault.lasts * 1e6)
    let victims: [ManagedProcess]
    switch fault.role {
    case .database:
      victims = fleet.servers
      hurtDatabase(fault.act, lasts)
    case .server, .worker:
      let victim = (fault.role == .server ? fleet.servers : fleet.workers)[fault.place]
      victims = [victim]
      switch fault.act {
      case .kill:
        victim.crash(downFor: fault.lasts)
        usleep(lasts)
      case .stop:
        victim.signal(SIGSTOP)
        usleep(lasts)
        victim.signal(SIGCONT)
      }
    }
    let begin = ContinuousClock.now
    for victim in victims where !victim.becomesReady(within: 60) {
      state.withLock { $0.tally.stuck.append("\(name): \(victim.name) was not ready after 60 s") }
    }
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    state.withLock { $0.tally.recoveries[fault.role, default: []].append(seconds) }
  }

  private func hurtDatabase(_ act: FaultPlan.Act, _ lasts: UInt32) {
    guard let database = fleet.database else { return }
    do {
      switch act {
      case .kill:
        try database.crash()
        usleep(lasts)
        try database.start()
      case .stop:
        try database.signal(SIGSTOP)
        usleep(lasts)
        try database.signal(SIGCONT)
      }
    } catch {
      state.withLock { $0.tally.stuck.append("database: \(error)") }
    }
  }
}
