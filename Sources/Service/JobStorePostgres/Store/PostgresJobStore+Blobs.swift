package import Jobs

extension PostgresJobStore {
  package func put(
    _ bytes: [UInt8], mediaType: String
  ) async throws(JobStoreError) -> BlobReference {
    try await blobs.put(bytes, mediaType: mediaType)
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
