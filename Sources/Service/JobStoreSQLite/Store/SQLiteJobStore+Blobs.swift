package import Jobs

extension SQLiteJobStore {
  package func put(
    _ bytes: [UInt8], mediaType: String
  ) async throws(JobStoreError) -> BlobReference {
    try await blobs.put(bytes, mediaType: mediaType)
  }

  package func draft(_ contents: [BlobContent]) async throws(JobStoreError) -> [BlobDraft] {
    try await blobs.draft(contents)
  }

  package func put(_ draft: BlobDraft) async throws(JobStoreError) -> BlobReference {
    try await blobs.put(draft)
  }

  package func read(_ hash: BlobHash) async throws(JobStoreError) -> [UInt8] {
    try await blobs.read(hash, range: nil)
  }

  package func read(
    _ hash: BlobHash, range: Range<Int>
  ) async throws(JobStoreError) -> [UInt8] {
    try await blobs.read(hash, range: range)
  }
}
