/// A picture by the SHA-256 of its bytes, in 64 lower-case hexadecimal digits.
package struct BlobHash: Sendable, Hashable, Codable, CustomStringConvertible {
  package let text: String

  /// `nil` for anything but 64 lower-case hexadecimal digits: a hash names a file.
  package init?(_ text: String) {
    let isHex = text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    guard text.utf8.count == 64, isHex else { return nil }
    self.text = text
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let hash = BlobHash(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a blob hash")
    }
    self = hash
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  package var description: String { text }
}

/// Where a stored picture lies, and what it is.
package struct BlobReference: Sendable, Hashable, Codable {
  package let hash: BlobHash
  package let byteCount: Int
  package let mediaType: String

  package init(hash: BlobHash, byteCount: Int, mediaType: String) {
    self.hash = hash
    self.byteCount = byteCount
    self.mediaType = mediaType
  }
}

/// Bytes of a picture, and what they are.
package struct BlobContent: Sendable {
  package let bytes: [UInt8]
  package let mediaType: String

  package init(_ bytes: [UInt8], mediaType: String) {
    self.bytes = bytes
    self.mediaType = mediaType
  }
}

/// Bytes that may be kept, and what a store has done for that.
package struct BlobDraft: Sendable {
  package let bytes: [UInt8]
  package let mediaType: String
  package let hash: BlobHash
  /// The store's own; cleans up after itself.
  package let preparation: (any Sendable)?

  package init(_ content: BlobContent, hash: BlobHash, preparation: (any Sendable)? = nil) {
    bytes = content.bytes
    mediaType = content.mediaType
    self.hash = hash
    self.preparation = preparation
  }

  package var reference: BlobReference {
    BlobReference(hash: hash, byteCount: bytes.count, mediaType: mediaType)
  }
}

/// Keeps pictures by content, beside or inside the job store.
package protocol BlobStore: Sendable {
  /// Keeps the bytes; they are on disk when this returns. Equal bytes are kept once.
  ///
  /// A blob that no job comes to refer to is removed after a while.
  func put(_ bytes: [UInt8], mediaType: String) async throws(JobStoreError) -> BlobReference
  /// Brings pictures as near to being kept as can be while nobody knows yet whether they are wanted;
  /// the answers come in their order.
  ///
  /// A draft that is let go of leaves nothing behind.
  func draft(_ contents: [BlobContent]) async throws(JobStoreError) -> [BlobDraft]
  /// As `put` of the draft's bytes.
  func put(_ draft: BlobDraft) async throws(JobStoreError) -> BlobReference
  /// The whole blob; `blobMissing` when it was never there or its time is over.
  func read(_ hash: BlobHash) async throws(JobStoreError) -> [UInt8]
  /// Part of a blob, for range requests; `range` is cut to what exists.
  func read(_ hash: BlobHash, range: Range<Int>) async throws(JobStoreError) -> [UInt8]
}

extension BlobStore {
  package func draft(_ contents: [BlobContent]) async throws(JobStoreError) -> [BlobDraft] {
    var drafts: [BlobDraft] = []
    for content in contents {
      drafts.append(BlobDraft(content, hash: try BlobHash(of: content.bytes)))
    }
    return drafts
  }

  package func put(_ draft: BlobDraft) async throws(JobStoreError) -> BlobReference {
    try await put(draft.bytes, mediaType: draft.mediaType)
  }

  /// All at the same time; the answers come in their order.
  package func put(_ drafts: [BlobDraft]) async throws(JobStoreError) -> [BlobReference] {
    try await together(drafts) { draft async throws(JobStoreError) in try await put(draft) }
  }
}

/// Does `work` with every input at the same time; the first error by the inputs' order is thrown.
package func together<Input: Sendable, Output: Sendable>(
  _ inputs: [Input],
  _ work: @escaping @Sendable (Input) async throws(JobStoreError) -> Output
) async throws(JobStoreError) -> [Output] {
  typealias Outcome = Result<Output, JobStoreError>
  let outcomes = await withTaskGroup(of: (index: Int, outcome: Outcome).self) { group in
    for (index, input) in inputs.enumerated() {
      group.addTask {
        do throws(JobStoreError) {
          return (index, .success(try await work(input)))
        } catch {
          return (index, .failure(error))
        }
      }
    }
    var found: [(index: Int, outcome: Outcome)] = []
    for await one in group { found.append(one) }
    return found.sorted { $0.index < $1.index }.map(\.outcome)
  }
  var outputs: [Output] = []
  for outcome in outcomes { outputs.append(try outcome.get()) }
  return outputs
}
