import Foundation
import Glibc
import JobStoreBench

/// The processes of the service under test and what they share.
final class Fleet: Sendable {
  let servers: [ManagedProcess]
  let workers: [ManagedProcess]
  let database: PostgresCluster?

  /// Two servers and three workers over PostgreSQL, or one process over SQLite, ready to use.
  init(_ options: RunOptions) throws {
    let common = [
      "--lease-seconds", "5", "--max-attempts", "20", "--log-level", "warning",
    ]
    func process(_ name: String, _ command: String, _ more: [String]) throws -> ManagedProcess {
      let port = try Self.freePort()
      let option = command == "serve" ? "--port" : "--management-port"
      return ManagedProcess(
        name: name, port: port, binary: options.binary,
        arguments: [command, option, "\(port)", "--data-dir", "\(options.folder)/\(name)"]
          + common + more, folder: options.folder)
    }
    switch options.store {
    case .sqlite:
      database = nil
      servers = [try process("server-0", "serve", [])]
      workers = []
    case .postgres:
      let cluster = try PostgresCluster(syncs: true)
      let url = try cluster.makeDatabase()
      database = cluster
      let store = ["--store", url]
      workers = try (0..<3).map {
        try process("worker-\($0)", "worker", store + ["--threads", "1"])
      }
      servers = try (0..<2).map { try process("server-\($0)", "serve", store) }
    }
    for process in all {
      guard process.becomesReady(within: 120) else {
        throw RunError("\(process.name) was not ready within 120 s; see \(options.folder)")
      }
    }
  }

  var all: [ManagedProcess] { servers + workers }

  /// How often faults hit each role.
  var roles: [(role: FaultPlan.Role, weight: Int, count: Int)] {
    database == nil
      ? [(.server, 1, 1)]
      : [(.server, 4, servers.count), (.worker, 5, workers.count), (.database, 1, 1)]
  }

  func end() {
    for process in all { process.end() }
  }

  private static func freePort() throws -> UInt16 {
    let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(handle) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(handle, $0, size) == 0 ? getsockname(handle, $0, &size) : -1
      }
    }
    guard result == 0 else { throw RunError("no free port") }
    return UInt16(bigEndian: address.sin_port)
  }
}

struct RunError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
