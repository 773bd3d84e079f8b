import Synchronization

/// One operation on the gradient tape: its inputs' nodes and how a gradient flows back to them.
///
/// There is no global tape: a tensor holds the node that made it, a node holds its inputs, and what
/// no tensor reaches any more is freed. Operations on unwatched tensors make no nodes.
package final class TapeNode: Sendable {
  /// Gradient of the output to gradients of the inputs (nil for an input that is not watched).
  package typealias Pullback = @Sendable (Tensor) throws(TensorError) -> [Tensor?]

  package let operation: String
  /// Emptied only while the node is being freed, when nobody else can see it.
  nonisolated(unsafe) private(set) var inputs: [TapeNode?]
  let shape: Shape
  /// Nil where the operation has no gradient yet, and for a checkpointed block.
  let pullback: Pullback?
  /// A checkpointed block, to be run again on the tape when a gradient reaches it.
  let block: (@Sendable () -> Tensor)?
  /// Grows with every node, so that an operation comes after its inputs.
  let order: Int

  private static let counter = Atomic<Int>(0)

  /// A number that every node made so far is at most, and every later one above.
  static var newestOrder: Int { counter.load(ordering: .relaxed) }

  init(
    operation: String, inputs: [TapeNode?], shape: Shape, pullback: Pullback? = nil,
    block: (@Sendable () -> Tensor)? = nil
  ) {
    self.operation = operation
    self.inputs = inputs
    self.shape = shape
    self.pullback = pullback
    self.block = block
    order = Self.counter.add(1, ordering: .relaxed).newValue
  }

  /// Frees a chain of nodes one by one: left to itself, a long tape would recurse once per node and
  /// overflow the stack.
  deinit {
    var pending = inputs
    inputs = []
    while var last = pending.popLast() {
      guard last != nil, isKnownUniquelyReferenced(&last) else { continue }
      pending += last?.inputs ?? []
      last?.inputs = []
    }
  }
}

extension Tensor {
  package var isWatched: Bool { node != nil }

  /// The same values as the start of a tape: gradients can be taken with respect to it.
  package func watched() -> Tensor {
    var copy = self
    copy.node = TapeNode(operation: "input", inputs: [], shape: shape) { _ in [] }
    return copy
  }

  /// The same values without a tape.
  package var detached: Tensor {
    var copy = self
    copy.node = nil
    return copy
  }

  /// This result of an operation, on the tape if one of its inputs is.
  /// - Parameter pullback: gets the gradient of the result and returns one gradient per input. What
  ///   it captures must be `detached`.
  package func recorded(
    _ operation: String, _ inputs: [Tensor], pullback: @escaping TapeNode.Pullback
  ) -> Tensor {
    guard inputs.contains(where: \.isWatched), !TapeFrame.takes(inputs) else { return self }
    var copy = self
    copy.node = TapeNode(
      operation: operation, inputs: inputs.map(\.node), shape: shape, pullback: pullback)
    return copy
  }

  /// This result of an operation that has no gradient yet: taking one throws and names it.
  package func recordedWithoutGradient(_ operation: String, _ inputs: [Tensor]) -> Tensor {
    guard inputs.contains(where: \.isWatched), !TapeFrame.takes(inputs) else { return self }
    var copy = self
    copy.node = TapeNode(operation: operation, inputs: inputs.map(\.node), shape: shape)
    return copy
  }

  /// The gradients of this single value with respect to watched tensors, in their shapes.
  ///
  /// A tensor that the value does not depend on gets zeros. Throws when it depends through an
  /// operation without a gradient.
  package func gradients(withRespectTo sources: [Tensor]) throws(TensorError) -> [Tensor] {
    guard let node, count == 1 else {
      throw TensorError.notDifferentiable(shape: shape.description)
    }
    var sourceNodes: [TapeNode] = []
    for (index, source) in sources.enumerated() {
      guard let node = source.node else { throw TensorError.notWatched(index: index) }
      sourceNodes.append(node)
    }
    let found = try Backpropagation(
      from: node, seed: Tensor(repeating: 1, shape: shape), keeping: sourceNodes
    ).run()
    return zip(sources, sourceNodes).map { source, node in
      found[node.order] ?? Tensor(repeating: 0, shape: source.shape)
    }
  }
}

/// Walks the tape from the newest node to the oldest, adding up what flows into each.
private struct Backpropagation {
  private let nodes: [TapeNode]
  private let kept: Set<Int>
  private var gradients: [Int: Tensor]

  init(from node: TapeNode, seed: Tensor, keeping sources: [TapeNode]) {
    kept = Set(sources.map(\.order))
    nodes = Self.reachable(from: node, after: 0)
    gradients = [node.order: seed]
  }

  /// Nodes newer than `oldest`, newest first.
  private static func reachable(from node: TapeNode, after oldest: Int) -> [TapeNode] {
    var seen: Set<Int> = [node.order]
    var found = [node]
    var next = 0
    while next < found.count {
      for case .some(let input) in found[next].inputs
      where input.order > oldest && seen.insert(input.order).inserted {
        found.append(input)
      }
      next += 1
    }
    return found.sorted { $0.order > $1.order }
  }

  func run() throws(TensorError) -> [Int: Tensor] {
    var walk = self
    for node in nodes { try walk.visit(node) }
    return walk.gradients
  }

  private mutating func visit(_ node: TapeNode) throws(TensorError) {
    guard let gradient = gradients[node.order], !node.inputs.isEmpty else { return }
    if !kept.contains(node.order) { gradients[node.order] = nil }
    if let block = node.block { return try visit(block, of: node, gradient) }
    guard let pullback = node.pullback else {
      throw TensorError.missingGradient(operation: node.operation)
    }
    let parts = try pullback(gradient)
    for (input, part) in zip(node.inputs, parts) {
      guard let input, let part else { continue }
      gradients[input.order] = gradients[input.order].map { $0 + part } ?? part
    }
  }

  /// Runs a checkpointed block again, now on the tape, and walks what it recorded as if it had been
  /// there from the start: gradients add up in the same order, so they have the same bits.
  private mutating func visit(
    _ block: @Sendable () -> Tensor, of node: TapeNode, _ gradient: Tensor
  ) throws(TensorError) {
    let start = TapeNode.newestOrder
    guard let root = TapeFrame.recording(block).node, root.order > start else {
      throw .unrepeatableBlock
    }
    let taken = Set(node.inputs.map { $0?.order })
    gradients[root.order] = gradient
    for inner in Self.reachable(from: root, after: start) {
      for case .some(let input) in inner.inputs
      where input.order <= start && !taken.contains(input.order) {
        throw .unrepeatableBlock
      }
      try visit(inner)
    }
  }
}
