import Jobs

/// The tables, one migration per released shape; once released, a migration never changes.
///
/// Migrations add: a program names every column that it reads or writes, so it works beside a newer
/// one on the newer shape as long as the newest migration's `oldestProgram` allows it.
enum Schema {
  struct Migration: Sendable {
    let version: Int64
    let name: String
    /// The oldest version whose programs may go on working after this migration.
    let oldestProgram: Int64
    let sql: [String]
  }

  static let migrations = [
    Migration(version: 1, name: "1-jobs", oldestProgram: 1, sql: [jobs, companions]),
    Migration(version: 2, name: "2-webhooks", oldestProgram: 1, sql: [webhooks]),
    Migration(version: 3, name: "3-checkpoints", oldestProgram: 1, sql: [checkpoints]),
  ]

  /// Brings the database up to date; one process at a time, and all of it or nothing.
  static func migrate(_ database: JobDatabase) async throws(JobStoreError) {
    try await database.write { transaction in
      // A number of our own; released with the transaction.
      try await transaction.query("SELECT pg_advisory_xact_lock(7310579482)")
      try await transaction.query(journal)
      let found = try await transaction.query(
        "SELECT version, name, oldest_program FROM schema_migrations ORDER BY version")
      try check(found)
      let newest = found.last?.integer("version") ?? 0
      for migration in migrations where migration.version > newest {
        try await apply(migration, transaction)
      }
    }
  }

  /// Refuses a shape that is too new for this program.
  private static func check(_ found: [PostgresRow]) throws {
    let own = migrations.map(\.version).max() ?? 0
    let closed = found.filter { ($0.integer("oldest_program") ?? .max) > own }
    guard closed.isEmpty else {
      throw JobStoreError.newerSchema(
        found: closed.compactMap { $0.text("name") }.joined(separator: ", "))
    }
  }

  private static func apply(_ migration: Migration, _ transaction: JobTransaction) async throws {
    for statements in migration.sql {
      for statement in statements.split(separator: ";") {
        let text = statement.filter { $0 != "\n" }
        if text.contains(where: { $0 != " " }) { try await transaction.query(String(statement)) }
      }
    }
    try await transaction.query(
      """
      INSERT INTO schema_migrations (version, name, oldest_program, applied_at)
      VALUES ($1, $2, $3, $4)
      """,
      [
        .integer(migration.version), .text(migration.name), .integer(migration.oldestProgram),
        .integer(transaction.now.milliseconds),
      ])
  }

  private static let journal = """
    CREATE TABLE IF NOT EXISTS schema_migrations (
      version bigint PRIMARY KEY,
      name text NOT NULL,
      oldest_program bigint NOT NULL,
      applied_at bigint NOT NULL
    )
    """

  /// Moments are milliseconds since 1970; JSON columns hold the wire's names.
  private static let jobs = """
    CREATE TABLE jobs (
      id text COLLATE "C" PRIMARY KEY,
      number bigint GENERATED ALWAYS AS IDENTITY,
      owner text NOT NULL,
      state text NOT NULL,
      rank bigint NOT NULL,
      run_at bigint NOT NULL,
      attempt bigint NOT NULL,
      max_attempts bigint NOT NULL,
      lease_token bigint NOT NULL,
      lease_owner text,
      lease_until bigint,
      heartbeat_at bigint,
      deadline_at bigint,
      cancel_requested boolean NOT NULL,
      parameters text NOT NULL,
      seed bigint NOT NULL,
      image text NOT NULL,
      mask text,
      sequence bigint NOT NULL,
      progress text,
      result text,
      error text,
      traceparent text,
      created_at bigint NOT NULL,
      started_at bigint,
      finished_at bigint,
      gone_at bigint
    );
    CREATE INDEX jobs_queue ON jobs (rank, number) WHERE state = 'queued';
    CREATE INDEX jobs_deadlines ON jobs (deadline_at)
      WHERE state = 'queued' AND deadline_at IS NOT NULL;
    CREATE INDEX jobs_leases ON jobs (lease_until) WHERE state = 'running';
    CREATE INDEX jobs_newest ON jobs (created_at, id) WHERE gone_at IS NULL;
    CREATE INDEX jobs_newest_of_owner ON jobs (owner, created_at, id)
      WHERE gone_at IS NULL;
    CREATE INDEX jobs_in_flight_of_owner ON jobs (owner)
      WHERE state IN ('queued', 'running');
    CREATE INDEX jobs_finished ON jobs (finished_at)
      WHERE finished_at IS NOT NULL AND gone_at IS NULL;
    CREATE INDEX jobs_gone ON jobs (gone_at) WHERE gone_at IS NOT NULL;
    """

  /// An older program leaves `webhook_noted` false where it ends a job; a newer one makes up for it.
  private static let webhooks = """
    ALTER TABLE jobs ADD COLUMN webhook text;
    ALTER TABLE jobs ADD COLUMN webhook_noted boolean NOT NULL DEFAULT false;
    CREATE INDEX jobs_ends_to_note ON jobs (finished_at)
      WHERE webhook IS NOT NULL AND NOT webhook_noted;
    CREATE TABLE webhook_outbox (
      id text PRIMARY KEY,
      number bigint GENERATED ALWAYS AS IDENTITY,
      job_id text NOT NULL,
      event text NOT NULL,
      format text NOT NULL,
      url text NOT NULL,
      host text NOT NULL,
      state text NOT NULL,
      created_at bigint NOT NULL,
      since bigint NOT NULL,
      run_at bigint NOT NULL,
      attempt bigint NOT NULL,
      lease_token bigint NOT NULL,
      last_status bigint,
      last_error text,
      finished_at bigint
    );
    CREATE INDEX webhook_outbox_due ON webhook_outbox (run_at) WHERE state = 'pending';
    CREATE INDEX webhook_outbox_of_job ON webhook_outbox (job_id);
    """

  /// Numbers like noise, which would not compress either.
  private static let checkpoints = """
    CREATE TABLE job_checkpoints (
      job_id text PRIMARY KEY,
      content bytea NOT NULL
    );
    ALTER TABLE job_checkpoints ALTER COLUMN content SET STORAGE EXTERNAL;
    """

  /// Pictures are compressed already, so their chunks are stored as they are.
  private static let companions = """
    CREATE TABLE job_events (
      job_id text NOT NULL,
      sequence bigint NOT NULL,
      moment bigint NOT NULL,
      kind text NOT NULL,
      PRIMARY KEY (job_id, sequence)
    );
    CREATE TABLE blobs (
      hash text PRIMARY KEY,
      byte_count bigint NOT NULL,
      created_at bigint NOT NULL,
      put_at bigint NOT NULL
    );
    CREATE INDEX blobs_put ON blobs (put_at);
    CREATE TABLE blob_chunks (
      hash text NOT NULL REFERENCES blobs (hash) ON DELETE CASCADE,
      number bigint NOT NULL,
      bytes bytea NOT NULL,
      PRIMARY KEY (hash, number)
    );
    ALTER TABLE blob_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL;
    CREATE TABLE blob_uses (
      job_id text NOT NULL,
      hash text NOT NULL REFERENCES blobs (hash),
      PRIMARY KEY (job_id, hash)
    );
    CREATE INDEX blob_uses_of_hash ON blob_uses (hash);
    CREATE TABLE idempotency (
      owner text NOT NULL,
      key text NOT NULL,
      request_hash text NOT NULL,
      job_id text NOT NULL,
      expires_at bigint NOT NULL,
      PRIMARY KEY (owner, key)
    );
    CREATE INDEX idempotency_ends ON idempotency (expires_at);
    CREATE TABLE workers (
      id text PRIMARY KEY,
      description text NOT NULL,
      last_seen bigint NOT NULL
    );
    """
}
