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
  private let recentPuts = Lock<[BlobHash: Put]>([:])

  private struct Put {
    let moment: Timestamp
    /// File and name are on disk.
    var isDone = false
  }

  init(directory: BlobDirectory, clock: any WallClock) {
    self.directory = directory
    self.clock = clock
  }

  func put(_ bytes: [UInt8], mediaType: String) async throws(JobStoreError) -> BlobReference {
    try await onQueue { [self] () throws(JobStoreError) in
      try keep(BlobDraft(bytes: bytes, mediaType: mediaType, hash: try BlobHash(of: bytes)))
    }
  }

  /// Writes the file where there is none yet, and keeps its name for later.
  func draft(_ bytes: [UInt8], mediaType: String) async throws(JobStoreError) -> BlobDraft {
    try await onQueue { [directory] () throws(JobStoreError) in
      let hash = try BlobHash(of: bytes)
      return BlobDraft(
        bytes: bytes, mediaType: mediaType, hash: hash,
        preparation: directory.contains(hash) ? nil : try directory.draft(bytes))
    }
  }

  func put(_ draft: BlobDraft) async throws(JobStoreError) -> BlobReference {
    try await onQueue { [self] () throws(JobStoreError) in try keep(draft) }
  }

  private func keep(_ draft: BlobDraft) throws(JobStoreError) -> BlobReference {
    let hash = draft.hash
    // Before the file is looked for: removal checks under the same lock.
    let wasDone = recentPuts.withLock { recent in
      let wasDone = recent[hash]?.isDone == true
      recent[hash] = Put(moment: clock.now(), isDone: wasDone)
      return wasDone
    }
    if !wasDone || !directory.contains(hash) {
      try directory.place(hash) { () throws(JobStoreError) in
        if let file = draft.preparation as? DraftFile { return file }
        return try directory.draft(draft.bytes)
      }
      recentPuts.withLock { $0[hash]?.isDone = true }
    }
    return BlobReference(
      hash: hash, byteCount: draft.bytes.count, mediaType: draft.mediaType)
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
      let old = recent.filter { $0.value.moment <= limit }.map(\.key)
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
