package import Jobs

extension PostgresJobStore {
  package func keep(
    _ checkpoint: [UInt8], under lease: Lease
  ) async throws(JobStoreError) -> LeaseAnswer {
    let isCanceled: Bool? = try await database.write(
      .relaxed, doubt: .isRepeated
    ) { transaction in
      guard let row = try await JobRow.held(lease, transaction) else { return nil }
      try await transaction.query(
        """
        INSERT INTO job_checkpoints (job_id, content) VALUES ($1, $2)
        ON CONFLICT (job_id) DO UPDATE SET content = excluded.content
        """, [.text(lease.job.text), .bytes(checkpoint)])
      return row.job.cancelRequested
    }
    guard let isCanceled else { return .lost }
    return isCanceled ? .cancelRequested : .held
  }

  package func checkpoint(of id: JobID) async throws(JobStoreError) -> [UInt8]? {
    try await database.read(
      "SELECT content FROM job_checkpoints WHERE job_id = $1", [.text(id.text)]
    ).first?.bytes("content")
  }
}
