import JobStoreBench
import Jobs
import Testing

@Suite struct `Previews` {
  private func preview(
    _ bytes: [UInt8], step: Int, _ bench: Bench
  ) async throws -> PreviewRecord {
    PreviewRecord(
      candidate: 0, step: step, steps: 8,
      image: try await bench.store.put(bytes, mediaType: "image/jpeg"), width: 2, height: 2)
  }

  private func progress(_ step: Int, _ previews: [PreviewRecord]) -> JobProgress {
    JobProgress(
      stage: "denoise", step: step, steps: 8, candidate: 0, candidates: 1, previews: previews)
  }

  @Test(arguments: Keeper.allCases)
  func `are told and kept while their job runs, and as long as it is kept`(
    _ keeper: Keeper
  ) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept()
      let claimed = try await bench.claim(lease: .seconds(1_000_000))
      let first = try await preview([7], step: 3, bench)
      let second = try await preview([8], step: 6, bench)
      _ = try await bench.store.report(progress(3, [first]), under: claimed.lease)
      _ = try await bench.store.report(progress(6, [first, second]), under: claimed.lease)
      #expect(try await bench.job(job.id).progress?.previews == [first, second])
      // No orphans: the running job holds them, however long ago they came.
      bench.clock.advance(by: .seconds(3600))
      #expect(try await bench.store.tidy().blobsRemoved == 0)
      let result = try await bench.result()
      #expect(
        try await bench.store.finish(claimed.lease, .succeeded(result)) == .written(.succeeded))
      bench.clock.advance(by: .seconds(3600))
      _ = try await bench.store.tidy()
      #expect(try await bench.job(job.id).progress?.previews == [first, second])
      #expect(try await bench.store.read(second.image.hash) == [8])
      bench.clock.advance(by: JobStoreSettings().resultRetention)
      _ = try await bench.store.tidy()
      for image in [first.image, second.image] {
        await #expect(throws: JobStoreError.blobMissing(image.hash)) {
          try await bench.store.read(image.hash)
        }
      }
    }
  }

  @Test(arguments: Keeper.allCases)
  func `of a lost lease are not told, and go`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept()
      let claimed = try await bench.claim(lease: .seconds(10))
      bench.clock.advance(by: .seconds(11))
      _ = try await bench.store.tidy()
      let late = try await preview([7], step: 3, bench)
      #expect(
        try await bench.store.report(progress(3, [late]), under: claimed.lease) == .lost)
      #expect(try await bench.job(job.id).progress == nil)
      bench.clock.advance(by: .seconds(3600))
      #expect(try await bench.store.tidy().blobsRemoved == 1)
    }
  }
}
