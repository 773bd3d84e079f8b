package import Jobs

/// A store on the workbench, with the moves that tests make again and again.
package struct Bench: Sendable {
  package let store: any JobStore
  package let clock: ManualClock

  package init(store: any JobStore, clock: ManualClock) {
    self.store = store
    self.clock = clock
  }

  package func submission(
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
  package func accept(
    _ picture: [UInt8] = [1, 2, 3], owner: String = "owner",
    _ change: (inout EditParameters) -> Void = { _ in }
  ) async throws -> Job {
    let outcome = try await store.submit(submission(picture, owner: owner, change))
    guard case .accepted(let job) = outcome else { throw Unexpected("\(outcome)") }
    return job
  }

  package func claim(_ worker: String = "worker", lease: Duration = .seconds(30)) async throws
    -> ClaimedJob
  {
    guard let claimed = try await store.claim(worker: worker, lease: lease) else {
      throw Unexpected("nothing to claim")
    }
    return claimed
  }

  /// Waits for work as an idle worker does.
  package func handed(_ worker: String = "worker", within span: Duration) async -> ClaimedJob? {
    await store.waitForJob(worker: worker, lease: .seconds(30), timeout: span)
  }

  package func job(_ id: JobID) async throws -> Job {
    guard case .found(let job) = try await store.job(id) else { throw Unexpected("no job \(id)") }
    return job
  }

  package func result(_ picture: [UInt8] = [9, 9]) async throws -> JobResult {
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

  package func kinds(_ id: JobID) async throws -> [String] {
    try await store.events(of: id, after: 0, limit: 1000).map(\.kind.name)
  }
}

extension JobStore {
  /// Drafts one picture.
  package func draft(_ bytes: [UInt8]) async throws -> BlobDraft {
    guard let draft = try await draft([BlobContent(bytes, mediaType: "image/png")]).first else {
      throw Unexpected("no draft")
    }
    return draft
  }
}

package struct Unexpected: Error {
  package let what: String

  package init(_ what: String) { self.what = what }
}
