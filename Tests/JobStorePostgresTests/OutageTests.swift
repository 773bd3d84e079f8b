import Foundation
import JobStoreBench
import JobStorePostgres
import Jobs
import Locks
import Testing

@Suite(.serialized, .timeLimit(.minutes(3))) struct `A database in trouble` {
  /// Of its own, since others must not suffer.
  private func withOwnServer(
    patience: Duration = .seconds(60),
    _ body: (PostgresJobStore, String, PostgresCluster) async throws -> Void
  ) async throws {
    try await withDatabase(on: try PostgresCluster()) { url, cluster in
      var environment = PostgresJobStore.Environment()
      environment.patience = patience
      var settings = JobStoreSettings()
      settings.queueLimit = 10000
      let store = try await PostgresJobStore(
        address: try PostgresAddress(url), settings: settings, environment: environment)
      try await body(store, url, cluster)
      await store.close()
    }
  }

  @Test func `that is killed keeps what was promised, and callers get over it`() async throws {
    try await withOwnServer { store, _, cluster in
      let bench = Bench(store)
      let before = try await bench.accept([1])
      let claimed = try await bench.claim()
      try cluster.crash()
      async let during = bench.accept([2])
      try cluster.start()
      let second = try await during
      #expect(try await store.read(before.image.hash) == [1])
      #expect(try await bench.job(before.id).state == .running)
      let result = try await bench.result()
      #expect(
        try await store.finish(claimed.lease, .succeeded(result)) == .written(.succeeded))
      #expect(try await bench.claim().job.id == second.id)
    }
  }

  @Test func `that restarts under load loses nothing and repeats nothing`() async throws {
    try await withOwnServer { store, url, cluster in
      let promised = Lock<Set<JobID>>([])
      try await withThrowingTaskGroup(of: Void.self) { group in
        for client in 0..<6 {
          group.addTask {
            let bench = Bench(store)
            for number in 0..<20 {
              let submission = try await bench.submission(key: "\(client)-\(number)")
              let id = try await Self.insist(submission, store)
              promised.withLock { _ = $0.insert(id) }
            }
          }
        }
        group.addTask {
          for _ in 0..<2 { try cluster.restart() }
        }
        try await group.waitForAll()
      }
      #expect(promised.withLock { $0.count } == 120)
      #expect(try cluster.query("SELECT count(*) FROM jobs", in: url) == "120")
      let listed = try await store.jobs(JobQuery(limit: 1000)).jobs.map(\.id)
      #expect(Set(listed) == promised.withLock { $0 })
    }
  }

  /// As a client does that was told to try again: with the same key.
  private static func insist(
    _ submission: Submission, _ store: PostgresJobStore
  ) async throws -> JobID {
    for _ in 0..<100 {
      do {
        switch try await store.submit(submission) {
        case .accepted(let job): return job.id
        case .replayed(let id): return id
        case .payloadDiffers, .queueFull, .draining, .ownerLimitReached: throw Unexpected("refused")
        }
      } catch JobStoreError.unreachable {
        continue
      }
    }
    throw Unexpected("never accepted")
  }

  @Test func `whose sessions are cut is reached by others at once`() async throws {
    try await withStores(1) { stores, url, cluster in
      let bench = Bench(stores[0])
      for _ in 0..<5 {
        try await bench.accept()
        _ = try cluster.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            + "WHERE application_name = 'byteedit' AND datname = current_database()", in: url)
      }
      #expect(try await stores[0].statistics().queued == 5)
    }
  }

  @Test func `that is away is called unreachable, and is reached when it is back`() async throws {
    try await withOwnServer(patience: .milliseconds(200)) { store, _, cluster in
      let job = try await Bench(store).accept()
      try cluster.stop()
      let error = await #expect(throws: JobStoreError.self) { try await store.job(job.id) }
      guard case .unreachable? = error else { throw Unexpected("\(String(describing: error))") }
      try cluster.start()
      #expect(try await Bench(store).job(job.id) == job)
    }
  }

  /// As behind a cut cable: the session's process is there and says nothing.
  @Test func `whose sessions fall silent is reached by others`() async throws {
    try await withDatabase(on: try PostgresCluster()) { url, cluster in
      var environment = PostgresJobStore.Environment()
      environment.patience = .seconds(60)
      environment.listens = false
      environment.limits.statement = .seconds(3)
      let store = try await PostgresJobStore(
        address: try PostgresAddress(url), environment: environment)
      let job = try await Bench(store).accept()
      let sessions = try cluster.query(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'byteedit'", in: url
      ).split(separator: "\n").compactMap { Int32($0) }
      #expect(!sessions.isEmpty)
      for session in sessions { kill(session, SIGSTOP) }
      defer { for session in sessions { kill(session, SIGCONT) } }
      #expect(try await Bench(store).job(job.id) == job)
      _ = try await Bench(store).claim()
      await store.close()
    }
  }

  @Test func `whose jobs somebody locks is busy, not broken`() async throws {
    try await withDatabase { url, cluster in
      var environment = PostgresJobStore.Environment()
      environment.limits.lock = .milliseconds(100)
      let store = try await PostgresJobStore(
        address: try PostgresAddress(url), environment: environment)
      let job = try await Bench(store).accept()
      let intruder = Task.detached {
        try cluster.query(
          "BEGIN; LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(600)", in: url)
      }
      let locks = """
        SELECT count(*) FROM pg_locks
        WHERE relation = 'jobs'::regclass AND mode = 'AccessExclusiveLock' AND granted
        """
      while try cluster.query(locks, in: url) == "0" {}
      await #expect(throws: JobStoreError.busy) { try await store.cancel(job.id) }
      await #expect(throws: JobStoreError.busy) {
        try await store.claim(worker: "w", lease: .seconds(1))
      }
      _ = try cluster.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%'"
          + " AND pid <> pg_backend_pid()")
      _ = await intruder.result
      #expect(try await Bench(store).claim().job.id == job.id)
      await store.close()
    }
  }

  /// A peer that takes connections and says nothing.
  @Test func `that never answers is given up`() async throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(listener, $0, length)
        _ = listen(listener, 8)
        _ = getsockname(listener, $0, &length)
      }
    }
    let port = UInt16(bigEndian: address.sin_port)
    var environment = PostgresJobStore.Environment()
    environment.patience = .zero
    let place = try PostgresAddress("postgres://me:s3cret@127.0.0.1:\(port)/jobs")
    let error = await #expect(throws: JobStoreError.self) {
      try await PostgresJobStore(address: place, environment: environment)
    }
    #expect(error == .unreachable("no answer in time to connect"))
  }

  @Test func `once closed answers that it is closed, and wakes its waiters`() async throws {
    try await withStores(1) { stores, _, _ in
      let job = try await Bench(stores[0]).accept()
      let waiting = Task {
        try await stores[0].waitForChange(
          of: job.id, after: job.sequence, timeout: .seconds(300))
      }
      await stores[0].close()
      await #expect(throws: JobStoreError.closed) { try await stores[0].job(job.id) }
      await #expect(throws: JobStoreError.closed) { try await stores[0].cancel(job.id) }
      await #expect(throws: JobStoreError.closed) { try await waiting.value }
    }
  }
}

@Suite struct `A picture in rows` {
  /// The session ends itself within the first commit, before its answer.
  @Test func `whose commit is not answered is put again`() async throws {
    try await withStores(1) { stores, url, cluster in
      _ = try cluster.query(
        """
        CREATE SEQUENCE commits;
        CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF nextval('commits') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
          RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON blobs
          DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cut()
        """, in: url)
      let blob = try await stores[0].put([1, 2, 3], mediaType: "image/png")
      #expect(try await stores[0].read(blob.hash) == [1, 2, 3])
      #expect(try cluster.query("SELECT last_value FROM commits", in: url) == "2")
    }
  }

  @Test func `comes back whole and in parts across its chunks`() async throws {
    try await withStores(1) { stores, url, cluster in
      let bytes = (0..<(5 << 20) + 17).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
      let blob = try await stores[0].put(bytes, mediaType: "image/png")
      #expect(try await stores[0].read(blob.hash) == bytes)
      let edge = 256 << 10
      for range in [
        0..<1, edge - 1..<edge + 1, edge..<edge * 17 + 5, bytes.count - 1..<bytes.count,
      ] {
        #expect(try await stores[0].read(blob.hash, range: range) == Array(bytes[range]))
      }
      #expect(try cluster.query("SELECT count(*) FROM blob_chunks", in: url) == "21")
      let empty = try await stores[0].put([], mediaType: "image/png")
      #expect(try await stores[0].read(empty.hash) == [])
    }
  }

  @Test func `that many put at once is kept once`() async throws {
    try await withStores(3) { stores, url, cluster in
      let bytes = [UInt8](repeating: 7, count: 300_000)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<12 {
          group.addTask { _ = try await stores[number % 3].put(bytes, mediaType: "image/png") }
        }
        try await group.waitForAll()
      }
      #expect(try cluster.query("SELECT count(*) FROM blobs", in: url) == "1")
      #expect(try cluster.query("SELECT count(*) FROM blob_chunks", in: url) == "2")
    }
  }
}
