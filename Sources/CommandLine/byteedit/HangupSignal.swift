import Dispatch
import Foundation

/// Does something whenever SIGHUP comes, one time after the other, on a thread that may block.
final class HangupSignal: @unchecked Sendable {
  // Unchecked: the source is only kept and cancelled.
  private let source: any DispatchSourceSignal

  /// From now on SIGHUP does not end the process.
  init(_ action: @escaping @Sendable () -> Void) {
    // The default action would end the process before the source is asked.
    signal(SIGHUP, SIG_IGN)
    source = DispatchSource.makeSignalSource(
      signal: SIGHUP, queue: DispatchQueue(label: "hangup", qos: .utility))
    source.setEventHandler { @Sendable in action() }
    source.resume()
  }

  func cancel() {
    source.cancel()
  }
}
