import JobStoreBench
import Jobs
import Testing

@Suite struct `Keeping scores` {
  private let scores = CandidateScores(
    aesthetic: .init(raw: -0.25, calibrated: 0.375), alignment: nil,
    coherence: .init(raw: 1.5, calibrated: 0.9375), combined: 0.65625)

  private func result(_ bench: Bench, map: [UInt8]) async throws -> JobResult {
    var result = try await bench.result()
    let image = try await bench.store.put(map, mediaType: "image/png")
    let plain = result.candidates[0]
    result.candidates[0] = CandidateRecord(
      index: 3, seed: 10, image: plain.image, width: 2, height: 2, preserved: plain.preserved,
      receipt: plain.receipt, scores: scores,
      coherenceMap: CoherenceMapRecord(
        image: image, width: 4, height: 5, region: PictureRegion(x: 0, y: 1, width: 8, height: 10)))
    return result
  }

  @Test(arguments: Keeper.allCases)
  func `scores and heat map come back as they were kept`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept()
      let claimed = try await bench.claim()
      let result = try await result(bench, map: [7, 7, 7])
      _ = try await bench.store.finish(claimed.lease, .succeeded(result))
      #expect(try await bench.job(job.id).result == result)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a heat map lives as long as its job`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      _ = try await bench.accept()
      let claimed = try await bench.claim()
      let result = try await result(bench, map: [8, 8])
      let map = try #require(result.candidates[0].coherenceMap)
      _ = try await bench.store.finish(claimed.lease, .succeeded(result))
      bench.clock.advance(by: .seconds(3600))
      _ = try await bench.store.tidy()
      #expect(try await bench.store.read(map.image.hash) == [8, 8])
      bench.clock.advance(by: JobStoreSettings().resultRetention)
      for _ in 0..<2 { _ = try await bench.store.tidy() }
      await #expect(throws: JobStoreError.blobMissing(map.image.hash)) {
        try await bench.store.read(map.image.hash)
      }
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a result whose heat map is not stored is refused`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      _ = try await bench.accept()
      let claimed = try await bench.claim()
      var result = try await result(bench, map: [9])
      let missing = try BlobHash(of: [1, 2, 3, 4])
      let plain = result.candidates[0]
      result.candidates[0] = CandidateRecord(
        index: 0, seed: 1, image: plain.image, width: 2, height: 2, preserved: plain.preserved,
        receipt: plain.receipt, scores: nil,
        coherenceMap: CoherenceMapRecord(
          image: BlobReference(hash: missing, byteCount: 4, mediaType: "image/png"), width: 1,
          height: 1, region: PictureRegion(x: 0, y: 0, width: 1, height: 1)))
      await #expect(throws: JobStoreError.blobMissing(missing)) {
        try await bench.store.finish(claimed.lease, .succeeded(result))
      }
    }
  }

  @Test(arguments: Keeper.allCases)
  func `progress tells the scores of what is drawn`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept()
      let claimed = try await bench.claim()
      let progress = JobProgress(
        stage: "score", step: 8, steps: 8, candidate: 0, candidates: 2,
        scored: [ScoredCandidate(index: 0, scores: scores)])
      _ = try await bench.store.report(progress, under: claimed.lease)
      #expect(try await bench.job(job.id).progress == progress)
      let last = try await bench.store.events(of: job.id, after: 0, limit: 100).last
      #expect(last?.kind == .progress(progress))
    }
  }

  /// As version 0.1 of the service wrote them.
  @Test func `results and progress of versions without judges can still be read`() throws {
    let hash = String(repeating: "a", count: 64)
    let result = try JSONText.decode(
      JobResult.self,
      from: """
        {"candidates":[{"height":2,"image":{"byteCount":2,"hash":"\(hash)","mediaType":"image/png"},
        "index":0,"preserved":{"changed_pixels":0,"compared_pixels":4,"max_abs_diff":0},
        "receipt":{"model":"abc"},"seed":7,"width":2}],"maskRule":"luma","maskShare":0.25,
        "promptTruncated":false,"timings":{"denoise":1.5},"warnings":[]}
        """)
    #expect(result.candidates[0].scores == nil && result.candidates[0].coherenceMap == nil)
    let progress = try JSONText.decode(
      JobProgress.self,
      from: #"{"candidate":0,"candidates":1,"stage":"denoise","step":3,"steps":8}"#)
    #expect(progress.scored == nil && progress.step == 3)
    let parameters = try JSONText.decode(
      EditParameters.self, from: #"{"prompt":"a","n":2,"task":"inpaint"}"#)
    #expect(parameters.returned == nil && parameters.select == nil && parameters.retries == 4)
  }
}
