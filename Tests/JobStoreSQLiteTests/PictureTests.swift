import Foundation
import GRDB
import JobStoreBench
import JobStoreSQLite
import Jobs
import Locks
import Testing

@Suite(.timeLimit(.minutes(3))) struct `A picture on its way to the disk` {
  @Test func `is written, fsynced, renamed, and its folder fsynced, in this order`() async throws {
    try await withTemporaryFolder { folder in
      let trace = Lock<[String]>([])
      var environment = SQLiteJobStore.Environment()
      environment.fileCalls = tracing { call in trace.withLock { $0.append(call) } }
      let store = try SQLiteJobStore(directory: folder, environment: environment)
      trace.withLock { $0 = [] }
      _ = try await store.put([1, 2, 3], mediaType: "image/png")
      // The first fsync is of the new folder's own name.
      #expect(
        trace.withLock { $0 } == [
          "fsync directory", "write 3", "fsync file", "rename", "fsync directory",
        ])
      // This process knows that all of it is on disk; the next one has swept what no job uses.
      trace.withLock { $0 = [] }
      _ = try await store.put([1, 2, 3], mediaType: "image/png")
      #expect(trace.withLock { $0 } == [])
      await store.close()
      let next = try SQLiteJobStore(directory: folder, environment: environment)
      trace.withLock { $0 = [] }
      let kept = try await next.put([1, 2, 3], mediaType: "image/png")
      #expect(
        trace.withLock { $0 } == ["write 3", "fsync file", "rename", "fsync directory"])
      trace.withLock { $0 = [] }
      _ = try await next.put(try await next.draft([1, 2, 3]))
      #expect(trace.withLock { $0 } == [] && kept.byteCount == 3)
      await next.close()
    }
  }

  @Test func `is drafted before it is wanted, and a draft that is not leaves nothing`() async throws
  {
    try await withTemporaryFolder { folder in
      let trace = Lock<[String]>([])
      var environment = SQLiteJobStore.Environment()
      environment.fileCalls = tracing { call in trace.withLock { $0.append(call) } }
      let store = try SQLiteJobStore(directory: folder, environment: environment)
      trace.withLock { $0 = [] }
      var draft: BlobDraft? = try await store.draft([1, 2, 3])
      // The first fsync is of the new folder's own name, the last one of the draft's.
      let written = ["fsync directory", "write 3", "fsync file", "fsync directory"]
      #expect(try trace.withLock { $0 } == written && drafts(in: folder) == 1)
      let hash = try #require(draft?.hash)
      await #expect(throws: JobStoreError.blobMissing(hash)) { try await store.read(hash) }
      trace.withLock { $0 = [] }
      let kept = try await store.put(try #require(draft))
      #expect(try await store.read(kept.hash) == [1, 2, 3])
      draft = nil
      // Its own name goes when the other one is on the disk.
      while try drafts(in: folder) > 0 { try await Task.sleep(for: .milliseconds(5)) }
      #expect(trace.withLock { $0 } == ["link", "fsync directory"])
      #expect(try await store.read(kept.hash) == [1, 2, 3])
      var unwanted: BlobDraft? = try await store.draft([4])
      #expect(try drafts(in: folder) == 1 && unwanted != nil)
      unwanted = nil
      while try drafts(in: folder) > 0 { try await Task.sleep(for: .milliseconds(5)) }
      await store.close()
    }
  }

  @Test func `whose name a power cut took is found by its draft`() async throws {
    try await withTemporaryFolder { folder in
      let isCut = Lock(false)
      var environment = SQLiteJobStore.Environment()
      // What is told to the disk after the cut never arrives there.
      environment.fileCalls.link = { from, to in
        isCut.withLock { $0 = true }
        return 0
      }
      environment.fileCalls.synchronize = { descriptor in
        isCut.withLock { $0 } ? -1 : FileCalls.system.synchronize(descriptor)
      }
      let store = try SQLiteJobStore(directory: folder, environment: environment)
      let image = try await store.put(try await store.draft([1, 2, 3]))
      let outcome = try await store.submit(
        Submission(owner: "owner", parameters: EditParameters(), seed: 7, image: image))
      guard case .accepted(let job) = outcome else { throw Unexpected("\(outcome)") }
      await store.close()
      let drafts = folder + "/blobs/tmp/"
      try Data([1, 2]).write(to: URL(filePath: drafts + "\(image.hash.text).1"))
      let unknown = try BlobHash(of: [4])
      try Data([4]).write(to: URL(filePath: drafts + "\(unknown.text).2"))
      let next = try SQLiteJobStore(directory: folder)
      #expect(try await next.read(job.image.hash) == [1, 2, 3])
      await #expect(throws: JobStoreError.blobMissing(unknown)) { try await next.read(unknown) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: drafts) == [])
      await next.close()
    }
  }

  @Test(arguments: [false, true])
  func `is kept when its file was taken away, also on a file system without second names`(
    _ hasLinks: Bool
  ) async throws {
    try await withTemporaryFolder { folder in
      var environment = SQLiteJobStore.Environment()
      environment.fileCalls.link = { from, to in
        if hasLinks { return FileCalls.system.link(from, to) }
        errno = EPERM
        return -1
      }
      let store = try SQLiteJobStore(directory: folder, environment: environment)
      for _ in 0..<2 {
        let draft = try await store.draft([1, 2, 3])
        let kept = try await store.put(draft)
        #expect(try await store.read(kept.hash) == [1, 2, 3])
        let name = kept.hash.text
        try FileManager.default.removeItem(atPath: "\(folder)/blobs/\(name.prefix(2))/\(name)")
      }
      await store.close()
    }
  }

  private func drafts(in folder: String) throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: folder + "/blobs/tmp").count
  }

  private func tracing(_ note: @escaping @Sendable (String) -> Void) -> FileCalls {
    var calls = FileCalls.system
    calls.write = { descriptor, bytes in
      note("write \(bytes.count)")
      return FileCalls.system.write(descriptor, bytes)
    }
    calls.synchronize = { descriptor in
      var status = stat()
      fstat(descriptor, &status)
      note(status.st_mode & S_IFMT == S_IFDIR ? "fsync directory" : "fsync file")
      return FileCalls.system.synchronize(descriptor)
    }
    calls.rename = { from, to in
      note("rename")
      return FileCalls.system.rename(from, to)
    }
    calls.link = { from, to in
      note("link")
      return FileCalls.system.link(from, to)
    }
    return calls
  }

  @Test(arguments: ["write", "fsync", "name"], [false, true])
  func `that does not arrive is not promised`(_ failing: String, _ isDrafted: Bool) async throws {
    try await withTemporaryFolder { folder in
      let isFailing = Lock(false)
      var environment = SQLiteJobStore.Environment()
      environment.fileCalls = full(failing) { isFailing.withLock { $0 } }
      let store = try SQLiteJobStore(directory: folder, environment: environment)
      func put() async throws -> BlobReference {
        isDrafted
          ? try await store.put(try await store.draft([1, 2, 3]))
          : try await store.put([1, 2, 3], mediaType: "image/png")
      }
      isFailing.withLock { $0 = true }
      await #expect(throws: JobStoreError.diskFull) { try await put() }
      let hash = try BlobHash(of: [1, 2, 3])
      await #expect(throws: JobStoreError.blobMissing(hash)) { try await store.read(hash) }
      // It goes with the last of those who held it, who may be a moment behind.
      while try drafts(in: folder) > 0 { try await Task.sleep(for: .milliseconds(5)) }
      isFailing.withLock { $0 = false }
      let blob = try await put()
      #expect(try await store.read(blob.hash) == [1, 2, 3])
      await store.close()
    }
  }

  private func full(_ name: String, _ isFailing: @escaping @Sendable () -> Bool) -> FileCalls {
    @Sendable func fails(_ call: String) -> Bool {
      guard call == name, isFailing() else { return false }
      errno = ENOSPC
      return true
    }
    return FileCalls(
      write: { fails("write") ? -1 : FileCalls.system.write($0, $1) },
      synchronize: { fails("fsync") ? -1 : FileCalls.system.synchronize($0) },
      rename: { fails("name") ? -1 : FileCalls.system.rename($0, $1) },
      link: { fails("name") ? -1 : FileCalls.system.link($0, $1) })
  }

  @Test func `is written on when the system takes only a part`() async throws {
    try await withTemporaryFolder { folder in
      var environment = SQLiteJobStore.Environment()
      environment.fileCalls.write = { descriptor, bytes in
        FileCalls.system.write(descriptor, UnsafeRawBufferPointer(rebasing: bytes.prefix(3)))
      }
      let store = try SQLiteJobStore(directory: folder, environment: environment)
      let bytes = (0..<100).map(UInt8.init)
      let blob = try await store.put(bytes, mediaType: "image/png")
      #expect(try await store.read(blob.hash) == bytes)
      await store.close()
    }
  }
}
