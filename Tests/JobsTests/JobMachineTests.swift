import Jobs
import Testing

@Suite struct `The life of a job` {
  private static let broken = JobError(code: "broken", detail: "try another picture")

  private static let events: [JobMachine.Event] = [
    .claim, .succeed, .fail(broken, isTransient: true), .fail(broken, isTransient: false),
    .stopped, .handBack, .leaseExpired, .cancel, .deadlinePassed,
  ]

  private func machine(
    _ state: JobState, attempt: Int = 1, of maxAttempts: Int = 3, cancelRequested: Bool = false
  ) -> JobMachine {
    JobMachine(
      state: state, attempt: attempt, maxAttempts: maxAttempts, cancelRequested: cancelRequested)
  }

  /// The state after the event, or `nil` for a refusal.
  private func next(_ machine: JobMachine, _ event: JobMachine.Event) -> JobState? {
    var machine = machine
    guard (try? machine.handle(event)) != nil else { return nil }
    return machine.state
  }

  @Test func `a queued job is claimed, cancelled or expires, and nothing else`() {
    let expected: [JobState?] = [.running, nil, nil, nil, nil, nil, nil, .canceled, .expired]
    #expect(Self.events.map { next(machine(.queued, attempt: 0), $0) } == expected)
  }

  @Test func `a running job ends as its worker says, or goes back to the queue`() {
    let expected: [JobState?] = [
      nil, .succeeded, .queued, .failed, .queued, .queued, .queued, .running, nil,
    ]
    #expect(Self.events.map { next(machine(.running), $0) } == expected)
  }

  @Test func `a running job on its last attempt fails where it would have been repeated`() {
    let expected: [JobState?] = [
      nil, .succeeded, .failed, .failed, .failed, .queued, .failed, .running, nil,
    ]
    #expect(Self.events.map { next(machine(.running, attempt: 3), $0) } == expected)
  }

  @Test func `once a cancellation was promised, whatever the worker says ends as canceled`() {
    let expected: [JobState?] = [
      nil, .canceled, .canceled, .canceled, .canceled, .canceled, .canceled, .running, nil,
    ]
    #expect(Self.events.map { next(machine(.running, cancelRequested: true), $0) } == expected)
  }

  @Test(arguments: JobState.allCases.filter(\.isFinal))
  func `a final state refuses every event`(_ state: JobState) {
    #expect(Self.events.allSatisfy { next(machine(state), $0) == nil })
  }

  @Test func `a success keeps the result and records it once`() throws {
    var machine = machine(.running)
    #expect(try machine.handle(.succeed) == [.endLease, .keepResult, .record(.succeeded), .finish])
  }

  @Test func `a cancelled success keeps no result`() throws {
    var machine = machine(.running, cancelRequested: true)
    #expect(try machine.handle(.succeed) == [.endLease, .record(.canceled), .finish])
  }

  @Test func `a second cancellation of a running job changes nothing`() throws {
    var machine = machine(.running)
    #expect(try machine.handle(.cancel) == [.record(.cancelRequested)])
    #expect(try machine.handle(.cancel).isEmpty)
    #expect(machine.cancelRequested)
  }

  @Test func `only an execution that was not handed back costs an attempt`() throws {
    var machine = machine(.queued, attempt: 0)
    _ = try machine.handle(.claim)
    #expect(machine.attempt == 1)
    _ = try machine.handle(.handBack)
    #expect(machine.attempt == 0)
    _ = try machine.handle(.claim)
    _ = try machine.handle(.leaseExpired)
    #expect(machine.attempt == 1)
  }

  @Test(arguments: [(1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (1000, 60)])
  func `repeats back off by doubling, up to a minute`(attempt: Int, seconds: Int) throws {
    var machine = machine(.running, attempt: attempt, of: 10000)
    let actions = try machine.handle(.leaseExpired)
    #expect(actions.contains(.requeue(delay: .seconds(seconds))))
  }
}
