import Foundation
import JobStoreSQLite
import Jobs
import Testing

/// A keeper of jobs that the conformance suite runs against; a further one adds a case here.
enum Keeper: String, CaseIterable, Sendable {
  case sqlite

  /// Runs `body` with an empty store whose clock stands still.
  func withStore(
    settings: JobStoreSettings = JobStoreSettings(),
    _ body: (Bench) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let clock = ManualClock()
      var environment = SQLiteJobStore.Environment()
      environment.clock = clock
      let store = try SQLiteJobStore(
        directory: folder, settings: settings, environment: environment)
      try await body(Bench(store: store, clock: clock))
      await store.close()
    }
  }
}

func withTemporaryFolder(_ body: (String) async throws -> Void) async throws {
  let folder = FileManager.default.temporaryDirectory.path + "/byteedit-jobs-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try await body(folder)
}

/// A store on the workbench, with the moves that tests make again and again.
struct Bench: Sendable {
  let store: any JobStore
  let clock: ManualClock

  init(store: any JobStore, clock: ManualClock) {
    self.store = store
    self.clock = clock
  }

  func submission(
    _ picture: [UInt8] = [1, 2, 3], owner: String = "owner", key: String? = nil,
    _ change: (inout EditParameters) -> Void = { _ in }
  ) async throws -> Submission {
    var parameters = EditParameters()
    parameters.prompt = "a red circle"
    change(&parameters)
    let image = try await store.put(picture, mediaType: "image/png")
    let hash = try RequestFingerprint.of(parameters, image: image.hash, mask: nil)
    let claim = key.flatMap(IdempotencyKey.init).map {
      IdempotencyClaim(key: $0, requestHash: hash)
    }
    return Submission(
      owner: owner, parameters: parameters, seed: 7, image: image, idempotency: claim)
  }

  @discardableResult
  func accept(
    _ picture: [UInt8] = [1, 2, 3], owner: String = "owner",
    _ change: (inout EditParameters) -> Void = { _ in }
  ) async throws -> Job {
    let outcome = try await store.submit(submission(picture, owner: owner, change))
    guard case .accepted(let job) = outcome else { throw Unexpected("\(outcome)") }
    return job
  }

  func claim(_ worker: String = "worker", lease: Duration = .seconds(30)) async throws -> ClaimedJob
  {
    guard let claimed = try await store.claim(worker: worker, lease: lease) else {
      throw Unexpected("nothing to claim")
    }
    return claimed
  }

  func job(_ id: JobID) async throws -> Job {
    guard case .found(let job) = try await store.job(id) else { throw Unexpected("no job \(id)") }
    return job
  }

  func result(_ picture: [UInt8] = [9, 9]) async throws -> JobResult {
    let image = try await store.put(picture, mediaType: "image/png")
    let preserved = PreservedPixels(
      maxAbsDiff: 0, changedPixels: 0, comparedPixels: 4)
    let candidate = CandidateRecord(
      index: 0, seed: 7, image: image, width: 2, height: 2, preserved: preserved,
      receipt: ["model": "abc"])
    return JobResult(
      candidates: [candidate], maskRule: "luma", maskShare: 0.25, promptTruncated: false,
      timings: ["denoise": 1.5])
  }

  func kinds(_ id: JobID) async throws -> [String] {
    try await store.events(of: id, after: 0, limit: 1000).map(\.kind.name)
  }
}

struct Unexpected: Error {
  let what: String

  init(_ what: String) { self.what = what }
}
