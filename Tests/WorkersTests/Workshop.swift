import Foundation
import JobStoreSQLite
import Jobs
import Locks
import Logging
import MetricsTestKit
import TestSupport
import Workers

/// An engine whose edits are written in the test.
struct ScriptedEditor: EditPerforming {
  let script: @Sendable (EditInput, (EditStep) throws -> Void) throws -> EditOutput

  /// Offers the input's picture as its checkpoint before every event.
  func perform(
    _ input: EditInput, onEvent: (EditStep) throws -> Void,
    onCheckpoint: (_ make: () -> [UInt8]) throws -> Void
  ) throws -> EditOutput {
    let image = try input.image.bytes()
    return try script(input) { event in
      try onCheckpoint { image }
      try onEvent(event)
    }
  }
}

extension EditOutput {
  static func made(of bytes: [UInt8], seed: UInt32 = 7) -> EditOutput {
    let preserved = PreservedPixels(
      maxAbsDiff: 0, changedPixels: 0, comparedPixels: 4)
    let candidate = Candidate(
      index: 0, seed: seed, bytes: bytes, mediaType: "image/png", width: 2, height: 2,
      preserved: preserved, receipt: ["model": "abc"])
    return EditOutput(
      candidates: [candidate], maskRule: "luma", maskShare: 0.25, promptTruncated: false,
      timings: ["denoise": 0.5])
  }
}

extension CandidateScores {
  /// Aesthetic and coherence say the same, alignment says nothing.
  static func test(_ share: Double) -> CandidateScores {
    CandidateScores(
      aesthetic: .init(raw: 1, calibrated: share), alignment: nil,
      coherence: .init(raw: -1, calibrated: share), combined: share)
  }
}

/// A store in a temporary folder, pools over it, and the moves that tests make again and again.
struct Workshop: Sendable {
  let store: SQLiteJobStore
  let metrics = TestMetrics()

  static func open(
    settings: JobStoreSettings = JobStoreSettings(),
    environment: SQLiteJobStore.Environment = SQLiteJobStore.Environment(),
    _ body: (Workshop) async throws -> Void
  ) async throws {
    let scratch = try ScratchFolder()
    defer { withExtendedLifetime(scratch) {} }
    let workshop = Workshop(
      store: try SQLiteJobStore(
        directory: scratch.path, settings: settings, environment: environment))
    try await body(workshop)
    await workshop.store.close()
  }

  /// Runs a pool for as long as `body` takes.
  func withPool(
    _ settings: WorkerSettings = .brisk,
    script: @escaping @Sendable (EditInput, (EditStep) throws -> Void) throws -> EditOutput,
    _ body: (WorkerPool) async throws -> Void
  ) async throws {
    let pool = pool(settings, script: script)
    try await pool.start(description: ["models": ["scripted"]])
    try await body(pool)
    await pool.shutDown(grace: .seconds(5))
  }

  func pool(
    _ settings: WorkerSettings = .brisk,
    script: @escaping @Sendable (EditInput, (EditStep) throws -> Void) throws -> EditOutput
  ) -> WorkerPool {
    WorkerPool(
      store: store, editor: ScriptedEditor(script: script), settings: settings,
      metrics: workerMetrics)
  }

  var workerMetrics: WorkerMetrics {
    WorkerMetrics(
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, factory: metrics)
  }

  func submit(
    _ picture: [UInt8] = [1, 2, 3], mask: [UInt8]? = nil,
    _ change: (inout EditParameters) -> Void = { _ in }
  ) async throws -> JobID {
    var parameters = EditParameters()
    parameters.prompt = "a red circle"
    change(&parameters)
    let image = try await store.put(picture, mediaType: "image/png")
    var submission = Submission(owner: "o", parameters: parameters, seed: 42, image: image)
    if let mask { submission.mask = try await store.put(mask, mediaType: "image/png") }
    guard case .accepted(let job) = try await store.submit(submission) else { throw Refused() }
    return job.id
  }

  struct Refused: Error {}

  /// The job once `condition` holds, or as it stands after 20 seconds.
  func job(_ id: JobID, when condition: (Job) -> Bool = \.state.isFinal) async throws -> Job {
    var seen: Int64 = 0
    let end = ContinuousClock.now + .seconds(20)
    while true {
      guard
        case .found(let job) = try await store.waitForChange(
          of: id, after: seen, timeout: .seconds(1))
      else { throw Refused() }
      if condition(job) || ContinuousClock.now > end { return job }
      seen = job.sequence
    }
  }
}

extension WorkerSettings {
  /// Short intervals, so that tests do not wait.
  static var brisk: WorkerSettings {
    var settings = WorkerSettings()
    settings.pollInterval = .milliseconds(50)
    settings.heartbeatInterval = .milliseconds(50)
    settings.progressInterval = .zero
    return settings
  }
}

/// A number that threads share.
final class Tally: Sendable {
  private let number = Lock(0)

  var count: Int { number.withLock { $0 } }

  @discardableResult
  func add() -> Int {
    number.withLock { number in
      number += 1
      return number
    }
  }
}
