import GRDB
import Glibc
package import Jobs

/// What can be told of a data directory without holding it: for operators, beside a service or not.
package struct StoreInspection: Sendable {
  /// The latest migration that was applied.
  package let schema: String
  /// The process that holds the directory, 0 where it cannot be seen; `nil` when none does.
  package let holder: Int32?
  /// What SQLite's integrity check complains of, at most ten lines; empty when sound.
  package let faults: [String]
  package let jobs: [JobState: Int]
  /// Pictures that jobs use.
  package let pictures: Int
  /// Those whose file is missing or of another length.
  package let damagedPictures: Int
  /// Bytes that count towards the quota.
  package let bytes: Int
  package let sqliteVersion: String

  /// Reads the database and looks at every picture's file; changes nothing.
  ///
  /// Blocks.
  ///
  /// - Throws: `newerSchema`, `olderSchema`, `corrupt`, or `failed` where it cannot be read.
  package init(directory: String) throws(JobStoreError) {
    holder = DirectoryLock.holder(of: directory)
    let found = try translating { try Self.read(directory) }.get()
    (schema, sqliteVersion) = (Schema.version, found.version)
    (faults, jobs) = (found.faults, found.jobs)
    bytes = found.bytes
    pictures = found.pictures.count
    damagedPictures = found.pictures.count { hash, length in
      var status = stat()
      let path = "\(directory)/blobs/\(hash.prefix(2))/\(hash)"
      return stat(path, &status) != 0 || Int(status.st_size) != length
    }
  }

  private struct Reading {
    var version = ""
    var faults: [String] = []
    var jobs: [JobState: Int] = [:]
    var pictures: [(hash: String, length: Int)] = []
    var bytes = 0
  }

  private static func read(_ directory: String) throws -> Reading {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(5)
    let database = try DatabaseQueue(
      path: directory + "/jobs.sqlite", configuration: configuration)
    defer { try? database.close() }
    try Schema.requireCurrent(database)
    return try database.read { db in
      var reading = Reading()
      reading.version = try String.fetchOne(db, sql: "SELECT sqlite_version()") ?? ""
      reading.faults = try String.fetchAll(db, sql: "PRAGMA integrity_check(10)")
        .filter { $0 != "ok" }
      let counts = try Row.fetchAll(
        db,
        sql: "SELECT state, count(*) AS number FROM jobs WHERE gone_at IS NULL GROUP BY state")
      for row in counts {
        guard let state = JobState(rawValue: row["state"]) else { continue }
        reading.jobs[state] = row["number"]
      }
      reading.pictures = try Row.fetchAll(
        db,
        sql: """
          SELECT hash, byte_count FROM blobs
          WHERE EXISTS (SELECT 1 FROM blob_uses WHERE blob_uses.hash = blobs.hash)
          """
      ).map { ($0["hash"], $0["byte_count"]) }
      reading.bytes = try SQLiteJobStore.storedBytes(db)
      return reading
    }
  }
}
