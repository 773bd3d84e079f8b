import Dispatch
import Foundation
import Locks

/// Remembers that somebody asked the process to stop, by Control-C or `kill`.
final class StopSignals: @unchecked Sendable {
  // Unchecked: the sources are only kept.
  private let sent = Lock(false)
  private let sources: [any DispatchSourceSignal]

  init() {
    let sent = sent
    sources = [SIGINT, SIGTERM].map { number in
      // The default action would end the process before the source is asked.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { sent.withLock { $0 = true } }
      source.resume()
      return source
    }
  }

  var wereSent: Bool { sent.withLock { $0 } }
}
