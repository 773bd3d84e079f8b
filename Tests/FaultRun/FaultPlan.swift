import Glibc

/// Draws which process suffers what, and when.
struct FaultPlan {
  enum Role: String, CaseIterable {
    case server
    case worker
    case database
  }

  enum Act: String, CaseIterable {
    /// kill -9; started again after a while.
    case kill
    /// SIGSTOP, and SIGCONT after a while.
    case stop
  }

  struct Fault {
    var pause: Double
    var role: Role
    /// Which of the processes of that role.
    var place: Int
    var act: Act
    /// Seconds that it stays down or stopped.
    var lasts: Double
  }

  private var generator: SeededGenerator
  private let interval: Double
  private let roles: [(role: Role, weight: Int, count: Int)]

  /// - Parameter roles: how often each is hit, and how many processes have it.
  init(seed: UInt64, interval: Double, roles: [(role: Role, weight: Int, count: Int)]) {
    generator = SeededGenerator(seed: seed, stream: -1)
    self.interval = interval
    self.roles = roles
  }

  mutating func next() -> Fault {
    let pause = -log(1 - Double.random(in: 0..<1, using: &generator)) * interval
    let (role, count) = drawRole()
    let act: Act = generator.chance(0.6) ? .kill : .stop
    // Twice a lease, at times: the work of who sleeps so long is somebody else's when it wakes.
    let lasts = Double.random(in: act == .kill ? 0...2 : 0.5...10, using: &generator)
    return Fault(
      pause: min(max(pause, 0.2), 4 * interval), role: role,
      place: Int.random(in: 0..<count, using: &generator), act: act,
      // Nobody gets anything done while the database sleeps.
      lasts: role == .database ? lasts / 2 : lasts)
  }

  private mutating func drawRole() -> (Role, Int) {
    var ticket = Int.random(in: 0..<roles.reduce(0) { $0 + $1.weight }, using: &generator)
    for (role, weight, count) in roles {
      if ticket < weight { return (role, count) }
      ticket -= weight
    }
    return (roles[0].role, roles[0].count)
  }
}
