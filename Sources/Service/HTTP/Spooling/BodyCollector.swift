/// A whole body, in memory or on disk.
package struct CollectedBody: Sendable {
  private enum Storage: Sendable {
    case memory([UInt8])
    case file(SpoolFile)
  }

  private let storage: Storage
  package let count: Int

  package init(_ bytes: [UInt8]) {
    storage = .memory(bytes)
    count = bytes.count
  }

  init(_ file: SpoolFile, count: Int) {
    storage = .file(file)
    self.count = count
  }

  package var isOnDisk: Bool {
    if case .file = storage { return true }
    return false
  }

  /// The bytes, for the time of the call; blocks on the disk when they lie there.
  package func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    switch storage {
    case .memory(let bytes): try bytes.withUnsafeBytes(body)
    case .file(let file): try file.withBytes(count: count, body)
    }
  }
}

/// Reads bodies whole: small ones into memory, larger ones into a file that has no name, so that
/// slow uploads cost no memory.
package struct BodyCollector: Sendable {
  package var limit: Int
  package var memoryLimit: Int
  package var directory: String
  private let queue: WorkQueue

  package init(
    limit: Int, memoryLimit: Int = 1024 * 1024, directory: String = "/tmp", queue: WorkQueue
  ) {
    self.limit = limit
    self.memoryLimit = memoryLimit
    self.directory = directory
    self.queue = queue
  }

  /// Throws `HTTPError`: too large, broken off, too slow, or no room on the disk.
  package func collect(_ body: RequestBody) async throws(HTTPError) -> CollectedBody {
    if let length = body.length, length > limit { throw .bodyTooLarge(limit: limit) }
    var pending: [UInt8] = []
    var count = 0
    var file: SpoolFile?
    try await body.forEachPiece { piece throws(HTTPError) in
      count += piece.count
      guard count <= limit else { throw .bodyTooLarge(limit: limit) }
      pending.append(contentsOf: piece)
      guard count > memoryLimit, pending.count >= 256 * 1024 else { return }
      file = try await spool(pending, to: file)
      pending.removeAll(keepingCapacity: true)
    }
    guard let spooled = file else { return CollectedBody(pending) }
    _ = try await spool(pending, to: spooled)
    return CollectedBody(spooled, count: count)
  }

  private func spool(
    _ bytes: [UInt8], to file: SpoolFile?
  ) async throws(HTTPError) -> SpoolFile {
    do {
      return try await queue.run { [directory] in
        let file = try file ?? SpoolFile(directory: directory)
        try file.append(bytes)
        return file
      }
    } catch let error as HTTPError {
      throw error
    } catch {
      throw .spoolFailed("\(error)")
    }
  }
}
