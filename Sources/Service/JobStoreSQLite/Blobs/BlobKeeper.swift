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
  private let turn = Atomic(0)
  private let recentPuts = Lock<[BlobHash: Put]>([:])

  private struct Put {
    var moment: Timestamp
    /// File and name are on disk.
    var isDone = false
  }

  init(directory: BlobDirectory, clock: any WallClock) {
    self.directory = directory
    self.clock = clock
  }

  func put(_ bytes: [UInt8], mediaType: String) async throws(JobStoreError) -> BlobReference {
    try await onQueue { [self] () throws(JobStoreError) in
      let hash = try BlobHash(of: bytes)
      try keep(bytes, hash)
      return BlobReference(hash: hash, byteCount: bytes.count, mediaType: mediaType)
    }
  }

  /// Writes the files that are not there yet, and keeps their names for later.
  func draft(_ contents: [BlobContent]) async throws(JobStoreError) -> [BlobDraft] {
    try await onQueue { [self] () throws(JobStoreError) in
      var drafts: [BlobDraft] = []
      for content in contents {
        let hash = try BlobHash(of: content.bytes)
        let isThere = directory.contains(hash)
        if isThere { try keep(content.bytes, hash) }
        let file = isThere ? nil : try directory.draft(content.bytes, hash)
        drafts.append(BlobDraft(content, hash: hash, preparation: file))
      }
      if drafts.contains(where: { $0.preparation != nil }) { try directory.settleDrafts() }
      return drafts
    }
  }

  func put(_ draft: BlobDraft) async throws(JobStoreError) -> BlobReference {
    let file = draft.preparation as? DraftFile
    if file == nil, isKept(draft.hash) { return draft.reference }
    try await onQueue { [self] () throws(JobStoreError) in
      if let file, try name(draft.hash, file) { return }
      try keep(draft.bytes, draft.hash)
    }
    return draft.reference
  }

  /// Whether file and name are on disk since a moment ago; then they stay for a while.
  private func isKept(_ hash: BlobHash) -> Bool {
    recentPuts.withLock { recent in
      guard recent[hash]?.isDone == true else { return false }
      recent[hash]?.moment = clock.now()
      return true
    }
  }

  /// Before the file is looked for: removal checks under the same lock.
  private func protect(_ hash: BlobHash) -> Put {
    recentPuts.withLock { recent in
      let put = Put(moment: clock.now(), isDone: recent[hash]?.isDone == true)
      recent[hash] = put
      return put
    }
  }

  private func keep(_ bytes: [UInt8], _ hash: BlobHash) throws(JobStoreError) {
    if protect(hash).isDone, directory.contains(hash) { return }
    try directory.place(bytes, hash)
    recentPuts.withLock { $0[hash]?.isDone = true }
  }

  /// The draft's own name keeps the picture until the other one is on disk; nobody waits for that.
  ///
  /// Answers whether the file system could give it two.
  private func name(_ hash: BlobHash, _ draft: DraftFile) throws(JobStoreError) -> Bool {
    _ = protect(hash)
    guard try directory.name(hash, draft) else { return false }
    nextQueue().async { [self] in
      do throws(JobStoreError) {
        try directory.settle(hash)
        recentPuts.withLock { $0[hash]?.isDone = true }
      } catch {
        draft.stay()
      }
    }
    return true
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
      nextQueue().async { continuation.resume(returning: Result(catching: work)) }
    }
    return try result.get()
  }

  private func nextQueue() -> DispatchQueue {
    queues[turn.wrappingAdd(1, ordering: .relaxed).oldValue & (queues.count - 1)]
  }
}
