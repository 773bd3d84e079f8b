package import Dispatch
import Synchronization

/// A few threads for work that blocks or computes, away from the loops and Swift's own pool.
package final class WorkQueue: Sendable {
  private let lanes: [DispatchQueue]
  private let turn = Atomic<Int>(0)

  /// `width` threads at most, at least 1.
  package init(label: String, width: Int, qos: DispatchQoS = .utility) {
    lanes = (0..<max(width, 1)).map { DispatchQueue(label: "\(label).\($0)", qos: qos) }
  }

  /// Runs `work` on the next thread in turn and waits for it without blocking.
  package func run<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    let index = UInt(bitPattern: turn.wrappingAdd(1, ordering: .relaxed).oldValue)
    let lane = lanes[Int(index % UInt(lanes.count))]
    return try await withCheckedThrowingContinuation { continuation in
      lane.async { continuation.resume(with: Result { try work() }) }
    }
  }
}
