import Compute

extension Tensor {
  /// Items of the first axis by index, each below its extent: `[count, ...]` to `[indices, ...]`.
  ///
  /// An item may be taken several times; its gradients add up in that order.
  package func gathered(_ indices: [Int]) -> Tensor {
    let length = shape.count(of: 1..<shape.rank)
    for index in indices {
      precondition(index >= 0 && index < shape[0], "index \(index) of \(shape[0])")
    }
    return withPointer { x in
      Tensor(shape: shape.replacing(axis: 0, with: indices.count)) { target in
        guard let out = target.baseAddress else { return }
        for (row, index) in indices.enumerated() {
          (out + row * length).update(from: x + index * length, count: length)
        }
      }
    }.recorded("gather", [self]) { [shape] gradient in [gradient.scattered(indices, to: shape)] }
  }

  /// Adds each item to the one that it was taken from: the pullback of `gathered`.
  private func scattered(_ indices: [Int], to whole: Shape) -> Tensor {
    let length = whole.count(of: 1..<whole.rank)
    return withPointer { x in
      Tensor(shape: whole) { target in
        target.initialize(repeating: 0)
        guard let out = target.baseAddress else { return }
        for (row, index) in indices.enumerated() {
          let item = out + index * length
          Kernels.active.add(item, x + row * length, item, length)
        }
      }
    }
  }
}
