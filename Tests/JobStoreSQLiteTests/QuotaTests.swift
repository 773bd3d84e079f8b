import Foundation
import JobStoreBench
import JobStoreSQLite
import Jobs
import Testing

/// What of a quota is about files; the rest is in the suite of both keepers.
@Suite struct `A quota of the data directory` {
  @Test func `keeps no file of what it refused`() async throws {
    try await withTemporaryFolder { folder in
      var settings = JobStoreSettings()
      settings.quota = 1 << 20
      let store = try SQLiteJobStore(directory: folder, settings: settings)
      let bench = Bench(store: store, clock: ManualClock())
      let submission = try await bench.submission([UInt8](repeating: 7, count: 2 << 20))
      let hash = submission.image.hash.text
      let file = "\(folder)/blobs/\(hash.prefix(2))/\(hash)"
      #expect(FileManager.default.fileExists(atPath: file))
      await #expect(throws: JobStoreError.quotaExceeded(limit: 1 << 20)) {
        try await store.submit(submission)
      }
      #expect(!FileManager.default.fileExists(atPath: file))
      await store.close()
    }
  }
}
