import JobStoreBench
import Jobs
import Testing

/// Random lives of a store on a clock that stands still: whatever the order of events, every
/// accepted job reaches exactly one end, and a result is shown once.
@Suite struct `Random interleavings` {
  @Test(arguments: Keeper.allCases, 0..<12)
  func `keep every promise`(_ keeper: Keeper, _ seed: UInt64) async throws {
    try await keeper.withPlace { place in
      var life = try await Life(seed: seed, keeper: keeper, place: place)
      for _ in 0..<250 { try await life.act() }
      try await life.settle()
      try await life.check()
      await life.bench.store.close()
    }
  }
}

/// SplitMix64 (Steele, Lea and Flood 2014): small, and the same on every machine.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}

private struct Life {
  private let keeper: Keeper
  private let place: String
  private let clock = ManualClock()
  private var generator: SplitMix
  var bench: Bench

  private var accepted: [JobID] = []
  /// Every lease ever given, stale ones too.
  private var leases: [Lease] = []
  private var newestToken: [JobID: Int64] = [:]
  private var keys: [String: JobID] = [:]
  /// What a job was when it was first seen in a final state.
  private var ends: [JobID: Job] = [:]
  /// The picture of the success that the store confirmed.
  private var successes: [JobID: BlobHash] = [:]
  private var canceled: Set<JobID> = []

  init(seed: UInt64, keeper: Keeper, place: String) async throws {
    generator = SplitMix(state: seed)
    (self.keeper, self.place) = (keeper, place)
    bench = try await Self.open(keeper, place, clock)
  }

  private static func open(
    _ keeper: Keeper, _ place: String, _ clock: ManualClock
  ) async throws -> Bench {
    var settings = JobStoreSettings()
    settings.queueLimit = 12
    return Bench(
      store: try await keeper.open(place, settings: settings, clock: clock), clock: clock)
  }

  mutating func act() async throws {
    switch Int.random(in: 0..<100, using: &generator) {
    case 0..<22: try await submit()
    case 22..<44: try await claim()
    case 44..<56: try await report()
    case 56..<72: try await finish()
    case 72..<82: try await cancel()
    case 82..<90: clock.advance(by: .seconds(.random(in: 0...20, using: &generator)))
    case 90..<98: _ = try await bench.store.tidy()
    default: try await reopen()
    }
    if let id = accepted.randomElement(using: &generator) { try await look(id) }
  }

  private mutating func submit() async throws {
    let number = UInt8.random(in: 0..<6, using: &generator)
    let key = Bool.random(using: &generator) ? "key \(number)".filter { $0 != " " } : nil
    let patience = Int.random(in: 0...4, using: &generator)
    let deadline = patience == 0 && key == nil ? clock.now() + .seconds(15) : nil
    let submission = try await bench.submission([number], key: key) { parameters in
      parameters.priority = patience
      parameters.deadline = deadline
    }
    switch try await bench.store.submit(submission) {
    case .accepted(let job):
      if let key {
        #expect(keys[key] == nil)
        keys[key] = job.id
      }
      accepted.append(job.id)
    case .replayed(let id), .payloadDiffers(let id):
      #expect(key.flatMap { keys[$0] } == id)
    case .queueFull(let statistics): #expect(statistics.queued >= 12)
    case .ownerLimitReached: Issue.record("nobody set a limit")
    case .draining: Issue.record("nobody drained")
    }
  }

  private mutating func claim() async throws {
    guard let claimed = try await bench.store.claim(worker: "w", lease: .seconds(30)) else {
      return
    }
    let job = claimed.job
    #expect(accepted.contains(job.id) && ends[job.id] == nil)
    #expect(job.attempt <= job.maxAttempts)
    #expect(claimed.lease.token > newestToken[job.id] ?? 0)
    newestToken[job.id] = claimed.lease.token
    leases.append(claimed.lease)
  }

  private mutating func report() async throws {
    guard let lease = leases.randomElement(using: &generator) else { return }
    let step = Int.random(in: 1...8, using: &generator)
    let progress = JobProgress(
      stage: "denoise", step: step, steps: 8, candidate: 0, candidates: 1)
    let answer =
      Bool.random(using: &generator)
      ? try await bench.store.report(progress, under: lease)
      : try await bench.store.heartbeat(lease, for: .seconds(30))
    if answer != .lost { #expect(lease.token == newestToken[lease.job]) }
  }

  private mutating func finish() async throws {
    guard let lease = leases.randomElement(using: &generator) else { return }
    let picture = try await bench.store.put(
      [.random(in: 100...255, using: &generator)], mediaType: "image/png")
    let answer = try await bench.store.finish(lease, try await outcome(picture))
    guard case .written(let state) = answer else { return }
    #expect(lease.token == newestToken[lease.job])
    if canceled.contains(lease.job) { #expect(state == .canceled) }
    guard state == .succeeded else { return }
    #expect(successes[lease.job] == nil)
    successes[lease.job] = picture.hash
  }

  private mutating func outcome(_ picture: BlobReference) async throws -> Outcome {
    let error = JobError(code: "broken", detail: "try again")
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: return .failed(error, isTransient: true)
    case 1: return .failed(error, isTransient: false)
    case 2: return .handedBack
    case 3: return .stopped
    default:
      var result = try await bench.result()
      let sample = result.candidates[0]
      result.candidates = [
        CandidateRecord(
          index: 0, seed: 1, image: picture, width: 1, height: 1, preserved: sample.preserved,
          receipt: .null)
      ]
      return .succeeded(result)
    }
  }

  private mutating func cancel() async throws {
    guard let id = accepted.randomElement(using: &generator) else { return }
    switch try await bench.store.cancel(id) {
    case .canceled, .requested: canceled.insert(id)
    case .alreadyFinal(let job): #expect(job.state.isFinal)
    case .gone, .unknown: Issue.record("\(id) was accepted and is lost")
    }
  }

  /// The process ends and another takes over: promises stay.
  private mutating func reopen() async throws {
    await bench.store.close()
    bench = try await Self.open(keeper, place, clock)
  }

  private mutating func look(_ id: JobID) async throws {
    let job = try await bench.job(id)
    guard job.state.isFinal else {
      #expect(ends[id] == nil)
      return
    }
    if let first = ends[id] { #expect(job == first) }
    ends[id] = job
  }

  /// Works until nothing waits or runs any more.
  mutating func settle() async throws {
    for _ in 0..<1000 {
      clock.advance(by: .seconds(61))
      _ = try await bench.store.tidy()
      while let claimed = try await bench.store.claim(worker: "w", lease: .seconds(30)) {
        newestToken[claimed.job.id] = claimed.lease.token
        leases.append(claimed.lease)
        let answer = try await bench.store.finish(claimed.lease, .stopped)
        #expect(answer != .lost)
        let second = try await bench.claimAgain(claimed.job.id)
        if let second {
          let error = JobError(code: "end", detail: "of the test")
          _ = try await bench.store.finish(second, .failed(error, isTransient: false))
        }
      }
      let statistics = try await bench.store.statistics()
      if statistics.queued == 0 && statistics.running == 0 { return }
    }
    Issue.record("jobs never settled")
  }

  mutating func check() async throws {
    let listed = try await bench.store.jobs(JobQuery(limit: 1000)).jobs
    #expect(Set(listed.map(\.id)) == Set(accepted))
    for id in accepted {
      try await look(id)
      let job = try await bench.job(id)
      #expect(job.state.isFinal)
      let events = try await bench.store.events(of: id, after: 0, limit: 10000)
      #expect(events.map(\.sequence) == Array(1...job.sequence))
      let finals = events.filter { JobState(rawValue: $0.kind.name)?.isFinal == true }
      #expect(finals.map(\.kind.name) == [job.state.rawValue])
      #expect(events.last?.kind.name == job.state.rawValue)
      #expect(job.result?.candidates.first?.image.hash == successes[id])
      if canceled.contains(id) { #expect(job.state == .canceled) }
    }
  }
}

extension Bench {
  /// A lease on `id`, if it is the next to be claimed.
  fileprivate func claimAgain(_ id: JobID) async throws -> Lease? {
    let claimed = try await store.claim(worker: "w", lease: .seconds(30))
    guard let claimed else { return nil }
    guard claimed.job.id == id else {
      _ = try await store.finish(claimed.lease, .handedBack)
      return nil
    }
    return claimed.lease
  }
}
