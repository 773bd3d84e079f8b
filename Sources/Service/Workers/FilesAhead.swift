import Jobs

/// Puts the files of a result into the store while the edit that made them still computes.
///
/// What an edit that fails in the end has put belongs to no job, and the store removes it in time.
struct FilesAhead: ~Copyable {
  private struct Begun {
    let bytes: [UInt8]
    let mediaType: String
    /// Nothing where the store failed: whoever needs the file tries again.
    let reference: Task<BlobReference?, Never>
  }

  private let store: any JobStore
  private var begun: [Begun] = []

  init(_ store: any JobStore) {
    self.store = store
  }

  mutating func begin(_ bytes: [UInt8], mediaType: String) {
    let store = store
    begun.append(
      Begun(
        bytes: bytes, mediaType: mediaType,
        reference: Task.detached { try? await store.put(bytes, mediaType: mediaType) }))
  }

  /// All files in the store, at the same time; the answers come in their order.
  func put(
    _ files: [(bytes: [UInt8], mediaType: String)]
  ) throws(JobStoreError) -> [BlobReference] {
    let store = store
    let files = files.map { ($0, reference(to: $0)) }
    return try waiting { () async throws(JobStoreError) in
      try await together(files) { file, begun async throws(JobStoreError) in
        if let reference = await begun?.value { return reference }
        return try await store.put(file.bytes, mediaType: file.mediaType)
      }
    }
  }

  /// Equal arrays are mostly one array here, and are not compared byte by byte.
  private func reference(
    to file: (bytes: [UInt8], mediaType: String)
  ) -> Task<BlobReference?, Never>? {
    begun.first { $0.mediaType == file.mediaType && $0.bytes == file.bytes }?.reference
  }
}
