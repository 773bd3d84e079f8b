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
  /// Nil where the operation has no gradient, and for a checkpointed block.
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

  /// The gradients of this single value with respect to watched tensors, in their shapes.
  ///
  /// A tensor that the value does not depend on gets zeros. The value is consumed: where nobody else
  /// holds it, what the tape kept is freed as the walk passes (keep `detached` for its number).
  /// Throws when it depends through a write in place.
  package consuming func gradients(
    withRespectTo sources: [Tensor]
  ) throws(TensorError) -> [Tensor] {
    let shape = self.shape
    guard isWatched, shape.count == 1 else {
      throw TensorError.notDifferentiable(shape: shape.description)
    }
    return try pulledBack(Tensor(repeating: 1, shape: shape), to: sources)
  }

  /// A gradient of this tensor, of its shape, carried back to watched tensors: the product of a
  /// vector with the Jacobian, in the sources' shapes.
  ///
  /// Consumes like `gradients(withRespectTo:)`.
  package consuming func pulledBack(
    _ gradient: Tensor, to sources: [Tensor]
  ) throws(TensorError) -> [Tensor] {
    let shape = self.shape
    precondition(shape == gradient.shape, "a gradient \(gradient.shape) for \(shape)")
    guard let node = self.node else {
      throw TensorError.notDifferentiable(shape: shape.description)
    }
    _ = consume self
    var sourceNodes: [TapeNode] = []
    for (index, source) in sources.enumerated() {
      guard let node = source.node else { throw TensorError.notWatched(index: index) }
      sourceNodes.append(node)
    }
    let found = try Backpropagation(
      from: consume node, seed: gradient.detached, keeping: sourceNodes
    ).run()
    return zip(sources, sourceNodes).map { source, node in
      found[node.order] ?? Tensor(repeating: 0, shape: source.shape)
    }
  }
}

/// Walks the tape from the newest node to the oldest, adding up what flows into each, and lets go
/// of every node that it has passed.
private struct Backpropagation {
  /// The nodes still to be visited, oldest first.
  private var nodes: [TapeNode]
  private let kept: Set<Int>
  private var gradients: [Int: Tensor]

  init(from node: TapeNode, seed: Tensor, keeping sources: [TapeNode]) {
    kept = Set(sources.map(\.order))
    gradients = [node.order: seed]
    nodes = Self.reachable(from: node, after: 0)
  }

  /// Nodes newer than `oldest`, oldest first.
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
    return found.sorted { $0.order < $1.order }
  }

  consuming func run() throws(TensorError) -> [Int: Tensor] {
    while let node = nodes.popLast() { try visit(node) }
    return gradients
  }

  private mutating func visit(_ node: TapeNode) throws(TensorError) {
    guard !node.inputs.isEmpty, let gradient = take(node.order) else { return }
    if let block = node.block { return try visit(block, of: node, gradient) }
    guard let pullback = node.pullback else {
      throw TensorError.missingGradient(operation: node.operation)
    }
    var parts = try pullback(gradient)
    for (index, input) in node.inputs.enumerated() {
      guard let input, let part = parts[index] else { continue }
      parts[index] = nil
      add(part, to: input.order)
    }
  }

  /// Runs a checkpointed block again, now on the tape, and walks what it recorded as if it had been
  /// there from the start: gradients add up in the same order, so they have the same bits.
  private mutating func visit(
    _ block: @Sendable () -> Tensor, of node: TapeNode, _ gradient: Tensor
  ) throws(TensorError) {
    var inner = try Self.recorded(block, of: node)
    if let last = inner.last { gradients[last.order] = gradient }
    while let next = inner.popLast() { try visit(next) }
  }

  /// The nodes that a block makes when it runs again, oldest first.
  private static func recorded(
    _ block: @Sendable () -> Tensor, of node: TapeNode
  ) throws(TensorError) -> [TapeNode] {
    let start = TapeNode.newestOrder
    guard let root = TapeFrame.recording(block).node, root.order > start else {
      throw .unrepeatableBlock
    }
    let nodes = reachable(from: root, after: start)
    let taken = Set(node.inputs.map { $0?.order })
    for case .some(let input) in nodes.flatMap(\.inputs)
    where input.order <= start && !taken.contains(input.order) {
      throw .unrepeatableBlock
    }
    return nodes
  }

  private mutating func take(_ order: Int) -> Tensor? {
    kept.contains(order) ? gradients[order] : gradients.removeValue(forKey: order)
  }

  private mutating func add(_ part: consuming Tensor, to order: Int) {
    guard let before = gradients.removeValue(forKey: order) else {
      gradients[order] = part
      return
    }
    gradients[order] = Tensor.accumulated(before, part)
  }
}
