import Glibc
import Locks
import Logging
import UnixSignals

/// What the process does on SIGHUP, the sign to read again what it was configured with.
final class HangUpActions: Sendable {
  private struct Action: Sendable {
    let name: String
    let perform: @Sendable () async throws -> Void
  }

  private let actions = Lock<[Action]>([])
  private let logger: Logger

  /// From now on the signal does not end the process.
  init(logger: Logger) {
    self.logger = logger
    signal(SIGHUP, SIG_IGN)
  }

  /// Adds what is done at every SIGHUP from now on, after what was added before.
  func add(_ name: String, _ perform: @escaping @Sendable () async throws -> Void) {
    actions.withLock { $0.append(Action(name: name, perform: perform)) }
  }

  /// Does everything once; what fails is logged, leaves what was in force, and stops nothing else.
  func perform() async {
    for action in actions.withLock({ $0 }) {
      do {
        try await action.perform()
      } catch {
        logger.error(
          "reload failed, the old settings stay in force",
          metadata: ["what": "\(action.name)", "error": "\(error)"])
      }
    }
  }

  /// From now on no signal is lost; to be called before anybody is told that the process is ready.
  func listen() async -> UnixSignalsSequence {
    await UnixSignalsSequence(trapping: .sighup)
  }

  /// Does everything at each of `signals` until its task is cancelled.
  func run(_ signals: UnixSignalsSequence) async {
    for await _ in signals { await perform() }
  }
}
