import HTTP
import HTTPTypes
import Jobs
import Locks

/// The latest answers about jobs, as long as the jobs stand as they stood: who polls is not worth
/// reading and writing the same JSON again.
final class DocumentCache: Sendable {
  struct Answer: Sendable {
    let response: Response
    let tag: EntityTag

    /// A 304 for whoever has it already.
    func response(unlessIn known: [String]) -> Response {
      guard isKnown(tag, ifNoneMatch: known) else { return response }
      return Response(status: .notModified, fields: [.eTag: "\(tag)"])
    }
  }

  private struct Entry {
    let sequence: Int64
    let answer: Answer
    let size: Int
  }

  private struct State {
    var entries: [JobID: Entry] = [:]
    /// Oldest first; may name what is gone.
    var order: [JobID] = []
    var size = 0
  }

  private let state = Lock(State())
  /// Bytes of answers.
  private let limit: Int

  init(limit: Int = 8 << 20) {
    self.limit = limit
  }

  /// The answer about a job whose latest event has that number; a document changes with every one.
  func answer(about id: JobID, at sequence: Int64) -> Answer? {
    state.withLock { state in
      guard let entry = state.entries[id], entry.sequence == sequence else { return nil }
      return entry.answer
    }
  }

  /// An answer of more than a quarter of the limit is not kept.
  func keep(_ answer: Answer, about id: JobID, at sequence: Int64) {
    guard case .bytes(let bytes) = answer.response.body, bytes.count <= limit / 4 else { return }
    state.withLock { state in
      if let old = state.entries[id] {
        // An answer that was made earlier may come later.
        guard old.sequence < sequence else { return }
        state.size -= old.size
      } else {
        state.order.append(id)
      }
      state.entries[id] = Entry(sequence: sequence, answer: answer, size: bytes.count)
      state.size += bytes.count
      Self.trim(&state, to: limit)
    }
  }

  private static func trim(_ state: inout State, to limit: Int) {
    var count = 0
    while state.size > limit, count < state.order.count {
      state.size -= state.entries.removeValue(forKey: state.order[count])?.size ?? 0
      count += 1
    }
    state.order.removeFirst(count)
  }
}
