import GRDB
import Jobs

/// The tables, one migration per released shape; once released, a migration never changes.
enum Schema {
  static func migrate(_ database: DatabasePool) throws {
    try database.read(refuseNewer)
    try migrations().migrate(database)
  }

  /// Throws unless the schema is this version's, and changes nothing.
  static func requireCurrent(_ database: some DatabaseReader) throws {
    try database.read { db in
      try refuseNewer(db)
      guard try migrations().hasCompletedMigrations(db) else {
        throw JobStoreError.olderSchema
      }
    }
  }

  private static func refuseNewer(_ db: Database) throws {
    let migrator = migrations()
    guard try migrator.hasBeenSuperseded(db) else { return }
    let newer = try migrator.appliedIdentifiers(db).subtracting(migrator.migrations)
    throw JobStoreError.newerSchema(found: newer.sorted().joined(separator: ", "))
  }

  /// The latest migration, which names the schema.
  static var version: String { migrations().migrations.last ?? "" }

  private static func migrations() -> DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1-jobs") { db in
      try db.execute(sql: jobs)
      try db.execute(sql: companions)
    }
    migrator.registerMigration("2-in-flight-of-owner") { db in
      try db.execute(sql: inFlight)
    }
    migrator.registerMigration("3-webhooks") { db in
      try db.execute(sql: webhooks)
    }
    migrator.registerMigration("4-checkpoints") { db in
      try db.execute(sql: checkpoints)
    }
    return migrator
  }

  /// Moments are milliseconds since 1970; JSON columns hold the wire's names.
  private static let jobs = """
    CREATE TABLE jobs (
      id TEXT PRIMARY KEY NOT NULL,
      owner TEXT NOT NULL,
      state TEXT NOT NULL,
      rank INTEGER NOT NULL,
      run_at INTEGER NOT NULL,
      attempt INTEGER NOT NULL,
      max_attempts INTEGER NOT NULL,
      lease_token INTEGER NOT NULL,
      lease_owner TEXT,
      lease_until INTEGER,
      heartbeat_at INTEGER,
      deadline_at INTEGER,
      cancel_requested INTEGER NOT NULL,
      parameters TEXT NOT NULL,
      seed INTEGER NOT NULL,
      image TEXT NOT NULL,
      mask TEXT,
      sequence INTEGER NOT NULL,
      progress TEXT,
      result TEXT,
      error TEXT,
      traceparent TEXT,
      created_at INTEGER NOT NULL,
      started_at INTEGER,
      finished_at INTEGER,
      gone_at INTEGER
    ) STRICT;
    CREATE INDEX jobs_queue ON jobs (rank) WHERE state = 'queued';
    CREATE INDEX jobs_deadlines ON jobs (deadline_at)
      WHERE state = 'queued' AND deadline_at IS NOT NULL;
    CREATE INDEX jobs_leases ON jobs (lease_until) WHERE state = 'running';
    CREATE INDEX jobs_newest ON jobs (created_at, id) WHERE gone_at IS NULL;
    CREATE INDEX jobs_newest_of_owner ON jobs (owner, created_at, id) WHERE gone_at IS NULL;
    CREATE INDEX jobs_finished ON jobs (finished_at)
      WHERE finished_at IS NOT NULL AND gone_at IS NULL;
    CREATE INDEX jobs_gone ON jobs (gone_at) WHERE gone_at IS NOT NULL;
    """

  private static let inFlight = """
    CREATE INDEX jobs_in_flight_of_owner ON jobs (owner) WHERE state IN ('queued', 'running');
    """

  private static let webhooks = """
    ALTER TABLE jobs ADD COLUMN webhook TEXT;
    CREATE TABLE webhook_outbox (
      id TEXT PRIMARY KEY NOT NULL,
      job_id TEXT NOT NULL,
      event TEXT NOT NULL,
      format TEXT NOT NULL,
      url TEXT NOT NULL,
      host TEXT NOT NULL,
      state TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      since INTEGER NOT NULL,
      run_at INTEGER NOT NULL,
      attempt INTEGER NOT NULL,
      lease_token INTEGER NOT NULL,
      last_status INTEGER,
      last_error TEXT,
      finished_at INTEGER
    ) STRICT;
    CREATE INDEX webhook_outbox_due ON webhook_outbox (run_at) WHERE state = 'pending';
    CREATE INDEX webhook_outbox_of_job ON webhook_outbox (job_id);
    """

  private static let checkpoints = """
    CREATE TABLE job_checkpoints (
      job_id TEXT PRIMARY KEY NOT NULL,
      content BLOB NOT NULL
    ) STRICT;
    """

  private static let companions = """
    CREATE TABLE job_events (
      job_id TEXT NOT NULL,
      sequence INTEGER NOT NULL,
      moment INTEGER NOT NULL,
      kind TEXT NOT NULL,
      PRIMARY KEY (job_id, sequence)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE blobs (
      hash TEXT PRIMARY KEY NOT NULL,
      byte_count INTEGER NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE blob_uses (
      job_id TEXT NOT NULL,
      hash TEXT NOT NULL REFERENCES blobs (hash),
      PRIMARY KEY (job_id, hash)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX blob_uses_of_hash ON blob_uses (hash);
    CREATE TABLE idempotency (
      owner TEXT NOT NULL,
      key TEXT NOT NULL,
      request_hash TEXT NOT NULL,
      job_id TEXT NOT NULL,
      expires_at INTEGER NOT NULL,
      PRIMARY KEY (owner, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX idempotency_ends ON idempotency (expires_at);
    CREATE TABLE workers (
      id TEXT PRIMARY KEY NOT NULL,
      description TEXT NOT NULL,
      last_seen INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """
}
