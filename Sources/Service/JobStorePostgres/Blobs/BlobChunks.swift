import Jobs

/// Pictures as rows: one that says there is such a picture, and its bytes in chunks.
///
/// A picture is visible only whole, since all its rows come with one commit.
struct BlobChunks: Sendable {
  let database: JobDatabase

  /// Bytes of a chunk; a row is read and sent at a time.
  static let size = 256 << 10
  /// Chunks that are read in one exchange.
  private static let window = 16

  func put(_ bytes: [UInt8], mediaType: String) async throws(JobStoreError) -> BlobReference {
    let hash = try BlobHash(of: bytes)
    try await database.write(doubt: .isRepeated) { transaction in
      // A concurrent put of the same bytes is waited for here, and so is a removal.
      let rows = try await transaction.query(
        """
        INSERT INTO blobs (hash, byte_count, created_at, put_at) VALUES ($1, $2, $3, $3)
        ON CONFLICT (hash) DO UPDATE SET put_at = greatest(blobs.put_at, excluded.put_at)
        RETURNING (xmax = 0) AS is_new
        """,
        [.text(hash.text), .integer(Int64(bytes.count)), .integer(transaction.now.milliseconds)])
      guard rows.first?.boolean("is_new") == true else { return }
      try await Self.insert(bytes, hash, transaction)
    }
    return BlobReference(hash: hash, byteCount: bytes.count, mediaType: mediaType)
  }

  private static func insert(
    _ bytes: [UInt8], _ hash: BlobHash, _ transaction: JobTransaction
  ) async throws {
    for (number, start) in stride(from: 0, to: bytes.count, by: size).enumerated() {
      let chunk = Array(bytes[start..<min(start + size, bytes.count)])
      try await transaction.query(
        "INSERT INTO blob_chunks (hash, number, bytes) VALUES ($1, $2, $3)",
        [.text(hash.text), .integer(Int64(number)), .bytes(chunk)])
    }
  }

  func read(_ hash: BlobHash, range: Range<Int>?) async throws(JobStoreError) -> [UInt8] {
    let found = try await database.read(
      "SELECT byte_count FROM blobs WHERE hash = $1", [.text(hash.text)])
    guard let count = found.first?.integer("byte_count") else { throw .blobMissing(hash) }
    let whole = 0..<Int(count)
    let wanted = range?.clamped(to: whole) ?? whole
    guard !wanted.isEmpty else { return [] }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(wanted.count + 2 * Self.size)
    let chunks = wanted.lowerBound / Self.size...(wanted.upperBound - 1) / Self.size
    for first in stride(from: chunks.lowerBound, through: chunks.upperBound, by: Self.window) {
      bytes += try await chunkBytes(
        hash, first...min(first + Self.window - 1, chunks.upperBound))
    }
    let start = wanted.lowerBound - chunks.lowerBound * Self.size
    // Fewer only where the picture was removed meanwhile.
    guard bytes.count >= start + wanted.count else { throw .blobMissing(hash) }
    return Array(bytes[start..<start + wanted.count])
  }

  private func chunkBytes(
    _ hash: BlobHash, _ numbers: ClosedRange<Int>
  ) async throws(JobStoreError) -> [UInt8] {
    let rows = try await database.read(
      """
      SELECT bytes FROM blob_chunks WHERE hash = $1 AND number BETWEEN $2 AND $3 ORDER BY number
      """,
      [
        .text(hash.text), .integer(Int64(numbers.lowerBound)), .integer(Int64(numbers.upperBound)),
      ])
    return rows.flatMap { $0.bytes("bytes") ?? [] }
  }
}
