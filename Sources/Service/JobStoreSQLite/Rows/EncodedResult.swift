import Jobs
import Locks

/// A job's result with its JSON, which one thread may write while another needs it later.
final class EncodedResult: Sendable {
  let result: JobResult
  private let written = Lock<String?>(nil)

  init(_ result: JobResult) {
    self.result = result
  }

  /// Writes the JSON ahead; what fails here fails again where the text is needed.
  func encode() {
    guard let text = try? JobRow.memo.encode(result) else { return }
    written.withLock { $0 = text }
  }

  /// Waits for nobody: what is not written yet is written here.
  var text: String {
    get throws { try written.withLock(\.self) ?? JobRow.memo.encode(result) }
  }
}
