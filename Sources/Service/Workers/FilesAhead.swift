import Jobs
import Locks

/// Puts the files of a result into the store while the edit that made them still computes.
///
/// What an edit that fails in the end has put belongs to no job, and the store removes it in time.
struct FilesAhead: ~Copyable {
  private struct Begun {
    let bytes: [UInt8]
    let mediaType: String
    /// Nothing where the store failed: whoever needs the file tries again.
    let task: Task<BlobReference?, Never>
    /// What the task came to, for those who need not wait.
    let kept: Kept
  }

  private final class Kept: Sendable {
    let reference = Lock<BlobReference?>(nil)
  }

  private let store: any JobStore
  private var begun: [Begun] = []

  init(_ store: any JobStore) {
    self.store = store
  }

  mutating func begin(_ bytes: [UInt8], mediaType: String) {
    let (store, kept) = (store, Kept())
    let task = Task.detached {
      let reference = try? await store.put(bytes, mediaType: mediaType)
      kept.reference.withLock { $0 = reference }
      return reference
    }
    begun.append(Begun(bytes: bytes, mediaType: mediaType, task: task, kept: kept))
  }

  /// All files in the store, at the same time; the answers come in their order.
  func put(
    _ files: [(bytes: [UInt8], mediaType: String)]
  ) throws(JobStoreError) -> [BlobReference] {
    let store = store
    let files = files.map { ($0, begun(for: $0)) }
    let kept = files.compactMap { $0.1?.kept.reference.withLock(\.self) }
    if kept.count == files.count { return kept }
    return try waiting { () async throws(JobStoreError) in
      try await together(files) { file, begun async throws(JobStoreError) in
        if let reference = await begun?.task.value { return reference }
        return try await store.put(file.bytes, mediaType: file.mediaType)
      }
    }
  }

  /// Equal arrays are mostly one array here, and are not compared byte by byte.
  private func begun(for file: (bytes: [UInt8], mediaType: String)) -> Begun? {
    begun.first { $0.mediaType == file.mediaType && $0.bytes == file.bytes }
  }
}
