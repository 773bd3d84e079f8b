package import Checkpoints
package import Tensors

/// The named tensors that training moves, in the order of their names' bytes.
package struct Parameters: Sendable {
  package let names: [String]
  package private(set) var tensors: [Tensor]

  /// Takes the tensors' values; what stands on a tape is left there.
  package init(_ tensors: [String: Tensor]) {
    let ordered = tensors.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    names = ordered.map(\.key)
    self.tensors = ordered.map(\.value.detached)
  }

  /// Takes every weight of a part, in its stored shape.
  package init(_ weights: WeightStore) throws(CheckpointError) {
    var weights = weights
    self.init(try weights.takeAll())
  }

  private init(names: [String], tensors: [Tensor]) {
    self.names = names
    self.tensors = tensors
  }

  /// Values in all tensors together.
  package var count: Int { tensors.reduce(0) { $0 + $1.count } }

  package subscript(name: String) -> Tensor? {
    names.firstIndex(of: name).map { tensors[$0] }
  }

  /// The same values at the start of a tape: build a network of `weights`, compute a loss, and take
  /// its gradients with respect to `tensors`.
  package func watched() -> Parameters {
    Parameters(names: names, tensors: tensors.map { $0.watched() })
  }

  /// Zeros in the same shapes under the same names.
  package var zeros: Parameters {
    Parameters(names: names, tensors: tensors.map { Tensor(repeating: 0, shape: $0.shape) })
  }

  package var byName: [String: Tensor] {
    Dictionary(zip(names, tensors), uniquingKeysWith: { first, _ in first })
  }

  /// What a network is built of.
  package var weights: WeightStore { WeightStore(tensors: byName, path: "parameters") }

  /// Writes tensors in place, or into copies where something else still shares their buffers.
  mutating func withMutableValues(_ body: ([UnsafeMutableBufferPointer<Float>]) -> Void) {
    // A buffer stays where it is as long as its tensor lives.
    let values = tensors.indices.map { index in
      tensors[index].withUnsafeMutableBufferPointer { $0 }
    }
    withExtendedLifetime(tensors) { body(values) }
  }

  /// Whether the other parameters have the same names and shapes.
  package func matches(_ other: Parameters) -> Bool {
    names == other.names && tensors.map(\.shape) == other.tensors.map(\.shape)
  }
}
