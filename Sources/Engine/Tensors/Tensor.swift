import CKernels
import Compute

/// Float32 values in row-major order, images channels last (`[batch, height, width, channels]`).
///
/// A tensor is a value: copies share a pooled buffer until one of them is written to, and the
/// buffer returns to the pool at its last use. A watched tensor also carries a node of the gradient
/// tape (see `TapeNode`).
package struct Tensor: Sendable {
  package let shape: Shape
  private var buffer: PooledBuffer
  private var offset: Int
  package internal(set) var node: TapeNode?

  init(shape: Shape, buffer: PooledBuffer, offset: Int, node: TapeNode? = nil) {
    self.shape = shape
    self.buffer = buffer
    self.offset = offset
    self.node = node
  }

  /// Takes a buffer from the pool and lets the closure fill all of it.
  package init(
    shape: Shape, initializingWith fill: (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) rethrows {
    let buffer = BufferPool.current.take(shape.count)
    try fill(UnsafeMutableBufferPointer(start: buffer.start, count: shape.count))
    self.init(shape: shape, buffer: buffer, offset: 0)
  }

  package init(_ values: [Float], shape: Shape) {
    precondition(values.count == shape.count, "\(values.count) values for shape \(shape)")
    self.init(shape: shape) { target in _ = target.initialize(from: values) }
  }

  package init(repeating value: Float, shape: Shape) {
    self.init(shape: shape) { $0.initialize(repeating: value) }
  }

  /// A tensor without axes.
  package init(_ value: Float) { self.init(repeating: value, shape: []) }

  package var count: Int { shape.count }

  package var values: [Float] { withUnsafeBufferPointer { Array($0) } }

  package func withUnsafeBufferPointer<R, E: Error>(
    _ body: (UnsafeBufferPointer<Float>) throws(E) -> R
  ) throws(E) -> R {
    defer { withExtendedLifetime(buffer) {} }
    return try body(UnsafeBufferPointer(start: buffer.start + offset, count: shape.count))
  }

  /// The first value's address, for kernels; valid inside the closure.
  package func withPointer<R, E: Error>(
    _ body: (UnsafePointer<Float>) throws(E) -> R
  ) throws(E) -> R {
    defer { withExtendedLifetime(buffer) {} }
    return try body(buffer.start + offset)
  }

  /// Writes in place when no other tensor shares the buffer, into a copy otherwise.
  ///
  /// The tape cannot follow such a write to a watched tensor: `gradients` then throws.
  package mutating func withUnsafeMutableBufferPointer<R, E: Error>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws(E) -> R
  ) throws(E) -> R {
    if !isKnownUniquelyReferenced(&buffer) { makeUnique() }
    if let node { self.node = TapeNode(operation: "write in place", inputs: [node], shape: shape) }
    defer { withExtendedLifetime(buffer) {} }
    return try body(UnsafeMutableBufferPointer(start: buffer.start + offset, count: shape.count))
  }

  /// The sum of two tensors of one shape, off the tape, in the buffer of one that nobody shares.
  static func accumulated(_ a: consuming Tensor, _ b: consuming Tensor) -> Tensor {
    if isKnownUniquelyReferenced(&a.buffer) {
      a.add(b)
      return a
    }
    if isKnownUniquelyReferenced(&b.buffer) {
      b.add(a)
      return b
    }
    return a + b
  }

  /// Adds in place; only for a buffer that nobody shares.
  private func add(_ other: borrowing Tensor) {
    precondition(shape == other.shape, "cannot add \(shape) and \(other.shape)")
    let target = buffer.start + offset
    let source = UnsafePointer(other.buffer.start + other.offset)
    ThreadTeam.current.forEachRange(count) { range in
      let start = target + range.lowerBound
      Kernels.active.add(start, source + range.lowerBound, start, range.count)
    }
    withExtendedLifetime(other.buffer) {}
  }

  private mutating func makeUnique() {
    let copy = BufferPool.current.take(shape.count)
    copy.start.initialize(from: buffer.start + offset, count: shape.count)
    buffer = copy
    offset = 0
  }

  /// The same values in another shape, off the tape: for kernels that only look at memory.
  package func sharingValues(shape: Shape) -> Tensor {
    precondition(shape.count == count, "cannot view \(self.shape) as \(shape)")
    return sharing(shape: shape)
  }

  /// A part of the values in another shape, off the tape.
  func sharing(shape: Shape, from start: Int = 0) -> Tensor {
    Tensor(shape: shape, buffer: buffer, offset: offset + start)
  }
}
