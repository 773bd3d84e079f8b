import Foundation
import GRDB
import JobStoreBench
import JobStoreSQLite
import Jobs
import Testing

@Suite(.serialized) struct `After a crash` {
  @Test func `what was promised before kill -9 is there, pictures included`() async throws {
    for round in 0..<3 {
      try await withTemporaryFolder { folder in
        let probe = try Probe("submit", folder, "1000000")
        let promised = try probe.lines(20 + round * 37)
        try probe.kill()
        let store = try SQLiteJobStore(directory: folder)
        for line in promised {
          let words = line.split(separator: " ").map(String.init)
          let id = try #require(JobID(words[1]))
          let hash = try #require(BlobHash(words[2]))
          guard case .found(let job) = try await store.job(id) else {
            throw Unexpected("\(id) is lost")
          }
          #expect(job.state == .queued && job.image.hash == hash)
          #expect(try BlobHash(of: await store.read(hash)) == hash)
        }
        await store.close()
      }
    }
  }

  @Test func `every end that happened is in the outbox once, and none that did not`() async throws {
    for round in 0..<3 {
      try await withTemporaryFolder { folder in
        let probe = try Probe("end", folder, "1000000")
        let told = try probe.lines(15 + round * 29).compactMap { line in
          line.split(separator: " ").last.flatMap { JobID(String($0)) }
        }
        try probe.kill()
        let store = try SQLiteJobStore(directory: folder)
        var query = JobQuery(states: [.failed], limit: 1000)
        var ended: [JobID] = []
        repeat {
          let page = try await store.jobs(query)
          ended += page.jobs.map(\.id)
          query.cursor = page.next
        } while query.cursor != nil
        #expect(!told.isEmpty && Set(told).isSubset(of: ended))
        for id in ended { #expect(try await store.deliveries(of: id).map(\.event) == [.failed]) }
        #expect(try await store.outboxStatistics().pending == ended.count)
        await store.close()
      }
    }
  }

  @Test func `a job whose process died is claimed again at once, under a newer lease`() async throws
  {
    try await withTemporaryFolder { folder in
      let submitter = try Probe("submit", folder, "1")
      _ = try submitter.lines(1)
      submitter.waitUntilExit()
      let worker = try Probe("work", folder)
      let line = try #require(try worker.lines(1).first)
      try worker.kill()
      let clock = ManualClock(SystemWallClock().now() + .seconds(2))
      var environment = SQLiteJobStore.Environment()
      environment.clock = clock
      let store = try SQLiteJobStore(directory: folder, environment: environment)
      clock.advance(by: .seconds(2))
      let claimed = try #require(try await store.claim(worker: "w", lease: .seconds(9)))
      #expect(line == "claimed \(claimed.job.id)")
      #expect(claimed.job.attempt == 2 && claimed.lease.token == 2)
      await store.close()
    }
  }

  @Test func `pictures without a job and drafts are swept at the start`() async throws {
    try await withTemporaryFolder { folder in
      let first = try SQLiteJobStore(directory: folder)
      let orphan = try await first.put([1], mediaType: "image/png")
      let used = try await Bench(store: first, clock: ManualClock()).accept([2])
      await first.close()
      let draft = folder + "/blobs/tmp/12345"
      try Data([1, 2]).write(to: URL(fileURLWithPath: draft))
      let second = try SQLiteJobStore(directory: folder)
      #expect(!FileManager.default.fileExists(atPath: draft))
      await #expect(throws: JobStoreError.blobMissing(orphan.hash)) {
        try await second.read(orphan.hash)
      }
      #expect(try await second.read(used.image.hash) == [2])
      await second.close()
    }
  }
}

/// The probe as a child process.
final class Probe {
  private let process = Process()
  private let output = Pipe()

  init(_ arguments: String...) throws {
    let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    process.executableURL = products.appendingPathComponent("JobStoreProbe")
    process.arguments = arguments
    process.standardOutput = output
    try process.run()
  }

  /// The first `count` lines, as soon as they are there.
  func lines(_ count: Int) throws -> [String] {
    var text = ""
    while text.utf8.count(where: { $0 == 0x0a }) < count {
      let chunk = output.fileHandleForReading.availableData
      guard !chunk.isEmpty else { break }
      text += String(decoding: chunk, as: UTF8.self)
    }
    // The last piece may be cut off by the kill.
    return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }

  func kill() throws {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    guard process.terminationReason == .uncaughtSignal else { throw Unexpected("it ended itself") }
  }

  func waitUntilExit() { process.waitUntilExit() }
}
