import Foundation
import Locks

/// One process of the service that is started again whenever it ends, as an orchestrator would.
final class ManagedProcess: Sendable {
  let name: String
  let port: UInt16
  private let binary: String
  private let arguments: [String]
  private let log: String
  private let state = Lock(State())

  private struct State {
    var identifier: Int32 = 0
    var isWanted = true
    /// The end that comes next is our doing.
    var isKilled = false
    var downtime = 0.5
    var starts = 0
    /// Ends that nobody brought about, with what ended them.
    var crashes: [String] = []
  }

  init(name: String, port: UInt16, binary: String, arguments: [String], folder: String) {
    self.name = name
    self.port = port
    self.binary = binary
    self.arguments = arguments
    log = "\(folder)/\(name).log"
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    Thread { [self] in keepAlive() }.start()
  }

  var starts: Int { state.withLock { $0.starts } }
  /// Deaths by a signal that was not ours: bugs.
  var crashes: [String] { state.withLock { $0.crashes } }

  private func keepAlive() {
    while state.withLock({ $0.isWanted }) {
      runOnce()
      usleep(UInt32(state.withLock { $0.downtime } * 1e6))
    }
  }

  private func runOnce() {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: binary)
    process.arguments = arguments
    if let handle = FileHandle(forWritingAtPath: log) {
      _ = try? handle.seekToEnd()
      process.standardError = handle
    }
    process.standardOutput = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      return state.withLock { $0.crashes.append("\(name) does not start: \(error)") }
    }
    let isWanted = state.withLock { state in
      state.identifier = process.processIdentifier
      state.starts += 1
      return state.isWanted
    }
    if !isWanted { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    state.withLock { state in
      state.identifier = 0
      if process.terminationReason == .uncaughtSignal, !state.isKilled, state.isWanted {
        state.crashes.append("\(name) ended by signal \(process.terminationStatus)")
      }
      // One that ends by itself, since it finds no database, is started again soon.
      if !state.isKilled { state.downtime = 0.5 }
      state.isKilled = false
    }
  }

  /// kill -9; it comes back after `seconds`.
  func crash(downFor seconds: Double) {
    state.withLock { state in
      guard state.identifier > 0 else { return }
      (state.isKilled, state.downtime) = (true, seconds)
      kill(state.identifier, SIGKILL)
    }
  }

  func signal(_ signal: Int32) {
    state.withLock { state in
      if state.identifier > 0 { kill(state.identifier, signal) }
    }
  }

  /// Ends it for good.
  func end() {
    state.withLock { state in
      state.isWanted = false
      if state.identifier > 0 { kill(state.identifier, SIGKILL) }
    }
  }

  /// Waits until `/readyz` says yes; false when it does not within `seconds`.
  func becomesReady(within seconds: Double) -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
      if FaultClient.send("GET", "/readyz", port: port, seconds: 2)?.status == 200 { return true }
      usleep(50_000)
    }
    return false
  }
}
