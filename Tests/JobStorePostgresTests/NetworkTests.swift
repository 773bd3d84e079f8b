import Foundation
import JobStoreBench
import JobStorePostgres
import Jobs
import Testing

/// Over TCP, with a relay between that can fall silent.
@Suite(.serialized, .timeLimit(.minutes(3))) struct `A database behind a network` {
  /// Runs `body` with a server of its own, a relay to it, and the URL of a database by the relay.
  private func withRelay(
    _ body: (Relay, String, PostgresCluster) async throws -> Void
  ) async throws {
    try await withDatabase(on: try PostgresCluster()) { url, cluster in
      let folder = try Self.folder(of: url)
      let relay = try Relay(to: folder + "/.s.PGSQL.5432")
      defer { relay.stop() }
      try await body(relay, url, cluster)
    }
  }

  private static func folder(of url: String) throws -> String {
    try #require(url.split(separator: "=").last.map(String.init))
  }

  /// The database of `url`, by the relay.
  private static func address(
    _ url: String, by relay: Relay, user: String = "byteedit"
  ) throws -> PostgresAddress {
    let name = try #require(url.split(separator: "?").first?.split(separator: "/").last)
    return try PostgresAddress("postgres://\(user)@127.0.0.1:\(relay.port)/\(name)")
  }

  @Test func `whose sessions fall silent is reached by new ones, and forgets nothing`()
    async throws
  {
    try await withRelay { relay, url, cluster in
      var environment = PostgresJobStore.Environment()
      environment.patience = .seconds(60)
      environment.limits.statement = .seconds(3)
      let store = try await PostgresJobStore(
        address: try Self.address(url, by: relay), environment: environment)
      let job = try await Bench(store).accept()
      let before = relay.accepted
      relay.fallSilent()
      #expect(try await Bench(store).job(job.id) == job)
      #expect(relay.accepted > before)
      // A commit without an answer is the caller's to ask about; with its key it is made once.
      let submission = try await Bench(store).submission(key: "k")
      relay.fallSilent()
      var ids: Set<JobID> = []
      for _ in 0..<3 {
        switch try? await store.submit(submission) {
        case .accepted(let job)?: ids.insert(job.id)
        case .replayed(let id)?: ids.insert(id)
        default: break
        }
      }
      #expect(ids.count == 1)
      #expect(try cluster.query("SELECT count(*) FROM jobs", in: url) == "2")
      await store.close()
    }
  }

  @Test func `is told of a dead peer by the kernel within half a minute`() async throws {
    try await withRelay { relay, url, _ in
      let store = try await PostgresJobStore(address: try Self.address(url, by: relay))
      _ = try await store.statistics()
      // One that listens and one that asks.
      var sockets: [Int32] = []
      for _ in 0..<2000 where sockets.count < 2 {
        try await Task.sleep(for: .milliseconds(5))
        sockets = try Self.sockets(to: relay.port)
      }
      try #require(sockets.count >= 2)
      for socket in sockets {
        #expect(Self.option(socket, SOL_SOCKET, SO_KEEPALIVE) == 1)
        let idle = Self.option(socket, Int32(IPPROTO_TCP), TCP_KEEPIDLE)
        let interval = Self.option(socket, Int32(IPPROTO_TCP), TCP_KEEPINTVL)
        let count = Self.option(socket, Int32(IPPROTO_TCP), TCP_KEEPCNT)
        #expect(idle + interval * count <= 30, "\(idle) + \(interval) x \(count) seconds")
        // Milliseconds that sent bytes may stay unacknowledged.
        let unacknowledged = Self.option(socket, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT)
        #expect((1...30_000).contains(unacknowledged))
      }
      await store.close()
    }
  }

  /// This process's sockets whose other end is `port`.
  private static func sockets(to port: UInt16) throws -> [Int32] {
    let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    return descriptors.compactMap { Int32($0) }.filter { descriptor in
      var address = sockaddr_in()
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let result = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          getpeername(descriptor, $0, &length)
        }
      }
      return result == 0 && address.sin_family == sa_family_t(AF_INET)
        && UInt16(bigEndian: address.sin_port) == port
    }
  }

  private static func option(_ socket: Int32, _ level: Int32, _ name: Int32) -> Int32 {
    var value: Int32 = -1
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(socket, level, name, &value, &length)
    return value
  }

  // MARK: Passwords

  @Test func `lets in who knows the password, and tells others nothing of it`() async throws {
    try await withRelay { relay, url, cluster in
      _ = try cluster.query(
        """
        SET password_encryption = 'scram-sha-256';
        CREATE ROLE locked LOGIN PASSWORD 'op3n-sesame'; GRANT CREATE ON SCHEMA public TO locked
        """, in: url)
      try Self.ask(ofPassword: "locked", in: try Self.folder(of: url), cluster)
      let place = try Self.address(url, by: relay, user: "locked:op3n-sesame")
      let store = try await PostgresJobStore(address: place)
      try await Bench(store).accept()
      await store.close()

      var environment = PostgresJobStore.Environment()
      // What is refused once is not tried again, however patient one is.
      environment.patience = .seconds(86_400)
      for (user, secret) in [("locked:wr0ng-one", "wr0ng-one"), ("locked", "op3n-sesame")] {
        let error = await #expect(throws: JobStoreError.self) {
          try await PostgresJobStore(
            address: try Self.address(url, by: relay, user: user), environment: environment)
        }
        guard case .unreachable(let why)? = error else {
          throw Unexpected("\(String(describing: error))")
        }
        #expect(why.contains("password") && why.contains("PGPASSFILE"), "\(why)")
        #expect(!why.contains(secret) && error?.description.contains(secret) == false)
      }
    }
  }

  /// Puts a rule for a role before the others.
  private static func ask(
    ofPassword role: String, in folder: String, _ cluster: PostgresCluster
  ) throws {
    let file = folder + "/data/pg_hba.conf"
    let rules = try String(contentsOfFile: file, encoding: .utf8)
    // In place: the file stays the server's.
    try "local all \(role) scram-sha-256\n\(rules)"
      .write(toFile: file, atomically: false, encoding: .utf8)
    _ = try cluster.query("SELECT pg_reload_conf()")
    let loaded = """
      SELECT count(*) FROM pg_hba_file_rules WHERE auth_method = 'scram-sha-256' AND error IS NULL
      """
    guard try cluster.query(loaded) == "1" else { throw Unexpected("the rule was not taken") }
  }
}
