import Foundation
import GRDB
package import Jobs

extension SQLiteJobStore {
  package func keep(
    _ checkpoint: [UInt8], under lease: Lease
  ) async throws(JobStoreError) -> LeaseAnswer {
    let isCanceled: Bool? = try await database.relaxed { db in
      guard let row = try JobRow.held(lease, db) else { return nil }
      try db.cachedStatement(
        sql: "INSERT OR REPLACE INTO job_checkpoints (job_id, content) VALUES (?, ?)"
      ).execute(arguments: [lease.job.text, Data(checkpoint)])
      return row.job.cancelRequested
    }
    guard let isCanceled else { return .lost }
    return isCanceled ? .cancelRequested : .held
  }

  package func checkpoint(of id: JobID) async throws(JobStoreError) -> [UInt8]? {
    try await database.read { db in
      try Data.fetchOne(
        db, sql: "SELECT content FROM job_checkpoints WHERE job_id = ?", arguments: [id.text]
      ).map { Array($0) }
    }
  }
}
