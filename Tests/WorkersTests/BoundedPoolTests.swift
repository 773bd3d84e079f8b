import Dispatch
import Locks
import Testing

@testable import Workers

@Suite(.timeLimit(.minutes(1))) struct `A bounded pool` {
  /// Work that holds its thread until it is let go.
  private final class Held: Sendable {
    private let started = DispatchSemaphore(value: 0)
    private let release = DispatchSemaphore(value: 0)

    func work() {
      started.signal()
      release.wait()
    }

    func letGo() { release.signal() }
    var hasStarted: Bool { started.wait(timeout: .now()) == .success }
  }

  private func until(_ condition: () -> Bool) async throws {
    while !condition() { try await Task.sleep(for: .milliseconds(1)) }
  }

  private struct Fault: Error {}

  @Test func `gives back what the work gives or throws`() async throws {
    let pool = try BoundedPool("test", threads: 2, limit: 8)
    defer { pool.close() }
    let sum = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 1...8 { group.addTask { try await pool.run { number } } }
      return try await group.reduce(0, +)
    }
    #expect(sum == 36)
    await #expect(throws: Fault.self) { try await pool.run { throw Fault() } }
  }

  @Test func `takes what its free threads and its queue hold, and refuses more`() async throws {
    let pool = try BoundedPool("test", threads: 1, limit: 1)
    defer { pool.close() }
    let held = Held()
    let first = Task { try await pool.run { held.work() } }
    try await until { held.hasStarted }
    let second = Task { try await pool.run { 2 } }
    try await until { pool.waiting == 1 }
    let refusal = await #expect(throws: BoundedPool.Refusal.self) { try await pool.run { 3 } }
    guard case .full(let seconds)? = refusal else {
      Issue.record("\(String(describing: refusal))")
      return
    }
    #expect((1...120).contains(seconds))
    held.letGo()
    try await first.value
    #expect(try await second.value == 2)
    #expect(try await pool.run { 4 } == 4)
  }

  @Test func `leaves work undone whose caller gave up`() async throws {
    let pool = try BoundedPool("test", threads: 1, limit: 4)
    defer { pool.close() }
    let held = Held()
    let first = Task { try await pool.run { held.work() } }
    try await until { held.hasStarted }
    let ran = Lock(false)
    let second = Task { try await pool.run { ran.withLock { $0 = true } } }
    try await until { pool.waiting == 1 }
    second.cancel()
    held.letGo()
    try await first.value
    await #expect(throws: CancellationError.self) { try await second.value }
    #expect(!ran.withLock { $0 })
  }

  @Test func `refuses what waits when it closes, and finishes what runs`() async throws {
    let pool = try BoundedPool("test", threads: 1, limit: 4)
    let held = Held()
    let first = Task {
      try await pool.run { () -> Int in
        held.work()
        return 1
      }
    }
    try await until { held.hasStarted }
    let second = Task { try await pool.run { 2 } }
    try await until { pool.waiting == 1 }
    pool.close()
    await #expect(throws: BoundedPool.Refusal.closed) { try await second.value }
    await #expect(throws: BoundedPool.Refusal.closed) { try await pool.run { 3 } }
    held.letGo()
    #expect(try await first.value == 1)
  }
}
