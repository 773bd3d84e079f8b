package import Tensors

/// A table of vectors, looked up by index.
package struct Embedding: Sendable {
  /// One row per entry, `[entries, width]`.
  package var weight: Tensor

  package init(weight: Tensor) {
    precondition(weight.shape.rank == 2, "embeddings are [entries, width], not \(weight.shape)")
    self.weight = weight
  }

  /// Looks up indices, each below the number of entries, to `[indices, width]`.
  package func callAsFunction(_ indices: [Int]) -> Tensor {
    weight.gathered(indices)
  }
}
