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
    let width = weight.shape[1]
    for index in indices {
      precondition(index >= 0 && index < weight.shape[0], "index \(index) of \(weight.shape[0])")
    }
    return weight.withPointer { table in
      Tensor(shape: [indices.count, width]) { target in
        guard let out = target.baseAddress else { return }
        for (row, index) in indices.enumerated() {
          (out + row * width).update(from: table + index * width, count: width)
        }
      }
    }.recordedWithoutGradient("embedding", [weight])
  }
}
