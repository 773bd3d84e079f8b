/// What can go wrong in a keeper of jobs; each case says what to do.
package enum JobStoreError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Another process holds the data directory.
  case locked(directory: String)
  /// The database was written by a newer version.
  case newerSchema(found: String)
  /// The database was written by an older version, and only a starting service migrates it.
  case olderSchema
  case diskFull
  /// What waits and runs leaves no room under the quota, in bytes.
  case quotaExceeded(limit: Int)
  /// The database stayed busy; the call may be repeated.
  case busy
  /// The database does not answer; the call may be repeated, and may have been carried out.
  case unreachable(String)
  case blobMissing(BlobHash)
  /// A stored row or file is not what was written.
  case corrupt(String)
  /// The store was closed.
  case closed
  case failed(String)

  package var description: String {
    switch self {
    case .locked(let directory):
      "\(directory) is in use by another process; stop it or choose another data directory"
    case .newerSchema(let found):
      "the database was written by a newer version (\(found)); run that version or a newer one"
    case .olderSchema:
      "the database was written by an older version; start the service once, which updates it"
    case .quotaExceeded(let limit):
      "the pictures of waiting and running jobs fill the quota of \(limit) bytes; wait for them to "
        + "end or raise the quota"
    case .diskFull: "no space is left in the data directory; free some"
    case .busy: "the database is busy; try again"
    case .unreachable(let why):
      "the database cannot be reached (\(why)); see that it runs and that its address is right"
    case .blobMissing(let hash): "picture \(hash) is not stored; submit it again"
    case .corrupt(let what): "the data directory is damaged (\(what)); restore a backup"
    case .closed: "the job store is closed; the service is stopping"
    case .failed(let what): "the job store failed: \(what)"
    }
  }
}
