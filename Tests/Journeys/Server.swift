import Foundation
import Synchronization
import Testing

/// The real binary, serving on a loopback port of its own until it is stopped.
final class Server: Sendable {
  let port: UInt16
  let dataDirectory: String
  private let process: Mutex<Process>

  /// Starts `byteedit serve`, or `byteedit worker`, and waits until it is ready.
  init(
    _ command: String = "serve", dataDirectory: String, arguments: [String] = []
  ) throws {
    self.dataDirectory = dataDirectory
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try Self.binary())
    process.arguments =
      [
        command, command == "serve" ? "--port" : "--management-port", "0", "--data-dir",
        dataDirectory, "--log-format", "json",
      ] + arguments
    let log = dataDirectory + ".log"
    if !FileManager.default.fileExists(atPath: log) {
      try Data().write(to: URL(fileURLWithPath: log))
    }
    let handle = try #require(FileHandle(forWritingAtPath: log))
    let start = try handle.seekToEnd()
    process.standardError = handle
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let address = try Self.address(log: log, from: start, process: process)
    port = address.port
    self.process = Mutex(process)
    try waitUntilReady(address.scheme)
  }

  var identifier: Int32 { process.withLock { $0.processIdentifier } }
  var isRunning: Bool { process.withLock { $0.isRunning } }

  /// kill -9, as a crash would.
  func crash() {
    kill(identifier, SIGKILL)
    process.withLock { $0.waitUntilExit() }
  }

  /// SIGTERM; returns the exit status.
  @discardableResult
  func terminate() -> Int32 {
    kill(identifier, SIGTERM)
    return process.withLock {
      $0.waitUntilExit()
      return $0.terminationStatus
    }
  }

  deinit {
    process.withLock { if $0.isRunning { kill($0.processIdentifier, SIGKILL) } }
  }

  /// Resident memory in KiB and the number of open descriptors.
  func footprint() throws -> (residentKiB: Int, descriptors: Int) {
    let status = try String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS") })
    let resident = try #require(line.split(separator: " ").compactMap { Int($0) }.first)
    let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(identifier)/fd")
    return (resident, open.count)
  }

  private func waitUntilReady(_ scheme: String) throws {
    for _ in 0..<600 {
      if scheme == "https" {
        let url = "https://127.0.0.1:\(port)/readyz"
        if (try? Self.run(["health", "--insecure", url])) != nil { return }
      } else if let answer = try? Client(port: port).get("/readyz"), answer.status == 200 {
        return
      }
      usleep(50_000)
    }
    throw JourneyError("the server never became ready")
  }

  /// Runs a command to its end; returns what it prints.
  static func run(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try binary())
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw JourneyError("\(arguments[0]) ended with \(process.terminationStatus)")
    }
    return String(decoding: data, as: UTF8.self)
  }

  /// The binary beside the test bundle.
  static func binary() throws -> String {
    let executable = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    var places = [URL(fileURLWithPath: executable).deletingLastPathComponent()]
    for argument in ProcessInfo.processInfo.arguments where argument.hasSuffix(".xctest") {
      places.append(URL(fileURLWithPath: argument).deletingLastPathComponent())
    }
    for place in places {
      let path = place.appending(path: "byteedit").path
      if FileManager.default.isExecutableFile(atPath: path) { return path }
    }
    throw JourneyError("no byteedit binary in \(places.map(\.path))")
  }

  /// Reads scheme and port from the log line that says where the server listens.
  private static func address(
    log: String, from start: UInt64, process: Process
  ) throws -> (scheme: String, port: UInt16) {
    for _ in 0..<1200 {
      let handle = try #require(FileHandle(forReadingAtPath: log))
      try handle.seek(toOffset: start)
      let text = String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
      if let match = text.firstMatch(of: #/(https?)://[^:"]+:(\d+)/#),
        let port = UInt16(match.2)
      {
        return (String(match.1), port)
      }
      guard process.isRunning else { throw JourneyError("the server stopped: \(text)") }
      usleep(50_000)
    }
    throw JourneyError("the server did not say where it listens")
  }
}

struct JourneyError: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
