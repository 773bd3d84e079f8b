import Dispatch
import Jobs
import Locks
import Synchronization

/// The blob directory behind queues of its own, with the memory of what was put just now.
///
/// A picture is put before a job refers to it. Until then only this memory protects it from
/// removal, until `takeOldPuts` forgets it.
final class BlobKeeper: Sendable {
  private let directory: BlobDirectory
  private let clock: any WallClock
  /// Few, and serial: a disk gets no faster by more threads.
  private let queues = (0..<4).map { DispatchQueue(label: "byteedit.blobs.\($0)") }
  private let nextQueue = Atomic(0)
  private let recentPuts = Lock<[BlobHash: Timestamp]>([:])

  init(directory: BlobDirectory, clock: any WallClock) {
    self.directory = directory
    self.clock = clock
  }

  func put(_ bytes: [UInt8], mediaType: String) async throws(JobStoreError) -> BlobReference {
    try await onQueue { [self] () throws(JobStoreError) in
      let hash = try BlobHash(of: bytes)
      // Before the file is looked for: removal checks under the same lock.
      recentPuts.withLock { $0[hash] = clock.now() }
      try directory.write(bytes, as: hash)
      return BlobReference(hash: hash, byteCount: bytes.count, mediaType: mediaType)
    }
  }

  func read(_ hash: BlobHash, range: Range<Int>?) async throws(JobStoreError) -> [UInt8] {
    try await onQueue { [directory] () throws(JobStoreError) in
      try directory.read(hash, range: range)
    }
  }

  func wasPutRecently(_ hash: BlobHash) -> Bool {
    recentPuts.withLock { $0[hash] != nil }
  }

  /// Lets a picture that was put a moment ago be removed.
  func forgetPut(_ hash: BlobHash) {
    recentPuts.withLock { $0[hash] = nil }
  }

  /// Removes files that nothing refers to, but for those put lately; answers how many.
  func remove(_ hashes: [BlobHash]) async throws(JobStoreError) -> Int {
    try await onQueue { [self] () throws(JobStoreError) in
      hashes.count(where: removeUnlessRecent)
    }
  }

  private func removeUnlessRecent(_ hash: BlobHash) -> Bool {
    recentPuts.withLock { recent in
      guard recent[hash] == nil else { return false }
      directory.remove(hash)
      return true
    }
  }

  /// Forgets puts older than the grace and answers them: they are orphans unless a job uses them.
  func takeOldPuts(_ grace: Duration) -> [BlobHash] {
    let limit = clock.now() - grace
    return recentPuts.withLock { recent in
      let old = recent.filter { $0.value <= limit }.map(\.key)
      for hash in old { recent[hash] = nil }
      return old
    }
  }

  private func onQueue<Value: Sendable>(
    _ work: @escaping @Sendable () throws(JobStoreError) -> Value
  ) async throws(JobStoreError) -> Value {
    let result: Result<Value, JobStoreError> = await withCheckedContinuation { continuation in
      let turn = nextQueue.wrappingAdd(1, ordering: .relaxed).oldValue
      queues[turn & (queues.count - 1)].async {
        continuation.resume(returning: Result(catching: work))
      }
    }
    return try result.get()
  }
}
