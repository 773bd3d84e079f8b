import Foundation
import Locks

/// A PostgreSQL server of the tests' own, in a temporary folder, reached by a socket there.
///
/// It ends with the process that started it, however that ends: a shell waits for the end of a pipe.
package final class PostgresCluster: Sendable {
  package struct Missing: Error, CustomStringConvertible {
    package let description: String
  }

  private let folder: String
  private let programs: String
  private let syncs: Bool
  private let lifeline: Lock<Process>

  private static let started = Lock<Result<PostgresCluster, any Error>?>(nil)

  /// The one that this process's tests share; each takes a database of its own.
  package static func shared() throws -> PostgresCluster {
    try started.withLock { started in
      let result = started ?? Result { try PostgresCluster() }
      started = result
      return try result.get()
    }
  }

  /// Makes and starts a server; throws `Missing` where PostgreSQL is not installed.
  ///
  /// - Parameter syncs: whether it syncs to the disk. kill -9 is survived without: only the machine's
  ///   end would lose anything.
  package init(syncs: Bool = false) throws {
    self.syncs = syncs
    programs = try Self.findPrograms()
    folder = "/tmp/byteedit-pg-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    let stop = Self.server(
      programs + "/pg_ctl", ["-D", folder + "/data", "-m", "immediate", "stop"])
    let command = stop.map { "'\($0)'" }.joined(separator: " ")
    process.arguments = ["-c", "cat >/dev/null; \(command) >/dev/null 2>&1; rm -rf '\(folder)'"]
    process.standardInput = Pipe()
    try process.run()
    lifeline = Lock(process)
    if getuid() == 0 { try run("/bin/chown", ["postgres", folder]) }
    try asServer("initdb", ["-D", folder + "/data", "-U", "byteedit", "-A", "trust", "-N"])
    try start()
  }

  private static func findPrograms() throws -> String {
    let root = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    let found = versions.compactMap(Int.init).sorted(by: >).map { "\(root)/\($0)/bin" }
      .first { FileManager.default.isExecutableFile(atPath: $0 + "/initdb") }
    guard let found else {
      throw Missing(description: "no PostgreSQL in \(root): run Scripts/setup --with-tests")
    }
    return found
  }

  // MARK: Life

  package func start() throws {
    let options =
      "-c listen_addresses= -c unix_socket_directories=\(folder) -c fsync=\(syncs ? "on" : "off")"
    try asServer(
      "pg_ctl", ["-D", folder + "/data", "-l", folder + "/log", "-w", "-o", options, "start"])
  }

  package func restart() throws {
    try asServer("pg_ctl", ["-D", folder + "/data", "-m", "fast", "-w", "stop"])
    try start()
  }

  package func stop() throws {
    try asServer("pg_ctl", ["-D", folder + "/data", "-m", "fast", "-w", "stop"])
  }

  /// kill -9 of the server and of every session's process.
  package func crash() throws {
    // Stopped first, the server makes no session that the list would lack; and a session's process
    // that lives holds the memory that the next server wants.
    let processes = try signal(SIGKILL, serverFirst: SIGSTOP)
    for _ in 0..<3000 where processes.contains(where: { kill($0, 0) == 0 }) { usleep(10_000) }
  }

  /// Sends a signal to the server, and after it to every session's process; answers their ids.
  @discardableResult
  package func signal(_ signal: Int32, serverFirst first: Int32? = nil) throws -> [Int32] {
    let text = try String(contentsOfFile: folder + "/data/postmaster.pid", encoding: .utf8)
    guard let postmaster = text.split(separator: "\n").first.flatMap({ Int32($0) }) else {
      throw Missing(description: "the server's process id is not to be read")
    }
    if let first { kill(postmaster, first) }
    let children = try output("/usr/bin/pgrep", ["-P", "\(postmaster)"])
      .split(separator: "\n").compactMap { Int32($0) }
    for process in [postmaster] + children { kill(process, signal) }
    return [postmaster] + children
  }

  // MARK: Databases

  /// Makes an empty database; answers its URL.
  package func makeDatabase() throws -> String {
    let name = "jobs_\(UInt64.random(in: 0 ... .max))"
    _ = try query("CREATE DATABASE \(name)")
    return "postgres://byteedit@/\(name)?host=\(folder)"
  }

  package func drop(_ url: String) {
    _ = try? query("DROP DATABASE IF EXISTS \(Self.name(url)) WITH (FORCE)")
  }

  private static func name(_ url: String) -> String {
    String(url.dropFirst("postgres://byteedit@/".count).prefix { $0 != "?" })
  }

  /// Runs SQL in the database of `url`, or beside all of them; answers what psql prints.
  package func query(_ sql: String, in url: String? = nil) throws -> String {
    try output(
      programs + "/psql",
      [
        "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-h", folder, "-U", "byteedit", "-d",
        url.map(Self.name) ?? "postgres", "-c", sql,
      ])
  }

  // MARK: Programs

  /// The server refuses to be root.
  private static func server(_ program: String, _ arguments: [String]) -> [String] {
    getuid() == 0
      ? ["/sbin/runuser", "-u", "postgres", "--", program] + arguments : [program] + arguments
  }

  private func asServer(_ program: String, _ arguments: [String]) throws {
    let command = Self.server("\(programs)/\(program)", arguments)
    try run(command[0], Array(command.dropFirst()))
  }

  private func run(_ program: String, _ arguments: [String]) throws {
    let process = Process()
    // A server that stays would keep open what Foundation waits for to close.
    let alone = #"for f in /proc/$$/fd/*; do n=${f##*/}; [ $n -gt 2 ] && eval "exec $n>&-"; done"#
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", alone + #"; exec "$0" "$@""#, program] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: "/tmp")
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Missing(
        description: "\(program) \(arguments.joined(separator: " ")) ended with "
          + "\(process.terminationStatus); see \(folder)/log")
    }
  }

  private func output(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Missing(description: "\(program) ended with \(process.terminationStatus)")
    }
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
