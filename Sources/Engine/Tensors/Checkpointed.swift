/// What a block computes, without keeping what lies between: it runs off the tape, and runs again
/// on it when a gradient comes back (Chen and others 2016).
///
/// Costs one more forward pass of the block; gradients have the same bits as without. Watched
/// tensors that the block captures, parameters included, need not be named: a frame notes what the
/// block takes from outside. Where it takes nothing watched, this is just the block.
/// - Parameter block: must compute the same thing when it runs again; random numbers are to be drawn
///   outside. It keeps what it captures until its node is freed.
package func checkpointed(_ block: @escaping @Sendable () -> Tensor) -> Tensor {
  guard TapeFrame.current == nil else { return block() }
  let frame = TapeFrame()
  let result = TapeFrame.$current.withValue(frame) { block() }
  return result.recorded(block, taking: frame.taken)
}

/// The same where `condition` holds, else the block alone.
package func checkpointed(
  if condition: Bool, _ block: @escaping @Sendable () -> Tensor
) -> Tensor {
  condition ? checkpointed(block) : block()
}

/// Stands for the tape while a checkpointed block runs for the first time: operations record nothing
/// but what they take from outside.
final class TapeFrame: Sendable {
  @TaskLocal static var current: TapeFrame?

  /// Nodes in the order of their first use.
  ///
  /// Only the thread that runs the block sees the frame.
  nonisolated(unsafe) private(set) var taken: [TapeNode] = []
  nonisolated(unsafe) private var orders: Set<Int> = []

  /// Whether a frame is there and has noted the inputs of an operation.
  static func takes(_ inputs: [Tensor]) -> Bool {
    guard let frame = current else { return false }
    for case .some(let node) in inputs.map(\.node) where frame.orders.insert(node.order).inserted {
      frame.taken.append(node)
    }
    return true
  }

  /// Runs a block on the tape, whatever frame there is.
  static func recording(_ block: @Sendable () -> Tensor) -> Tensor {
    $current.withValue(nil) { block() }
  }
}

extension Tensor {
  /// The result of a checkpointed block; a tensor that only passed through the block keeps its node.
  fileprivate func recorded(
    _ block: @escaping @Sendable () -> Tensor, taking nodes: [TapeNode]
  ) -> Tensor {
    guard node == nil, !nodes.isEmpty else { return self }
    var copy = self
    copy.node = TapeNode(
      operation: "checkpointed block", inputs: nodes, shape: shape, block: block)
    return copy
  }
}
