import Compute

extension Tensor {
  /// Matrix products: `[..., rows, depth]` by `[depth, columns]` or, batch by batch, by
  /// `[..., depth, columns]`; with `transposingRight` the right one is `[..., columns, depth]`.
  package func matrixProduct(_ right: Tensor, transposingRight: Bool = false) -> Tensor {
    let left = self
    return left.product(right, transposingRight).recorded("matrix product", [left, right]) {
      [left = left.detached, right = right.detached] gradient in
      let toLeft = gradient.product(right, !transposingRight)
      let toRight =
        transposingRight
        ? gradient.transposed().product(left, false)
        : left.transposed().product(gradient, false)
      return [toLeft, toRight.summed(to: right.shape)]
    }
  }

  private func product(_ right: Tensor, _ transposingRight: Bool) -> Tensor {
    let (rank, rightRank) = (shape.rank, right.shape.rank)
    precondition(rank >= 2 && rightRank >= 2, "matrix products need two axes")
    let (rows, depth) = (shape[rank - 2], shape[rank - 1])
    let columns = right.shape[transposingRight ? rightRank - 2 : rightRank - 1]
    let samples = shape.count(of: 0..<rank - 2)
    precondition(
      right.shape[transposingRight ? rightRank - 1 : rightRank - 2] == depth
        && (rightRank == 2 || right.shape.count(of: 0..<rightRank - 2) == samples),
      "cannot multiply \(shape) by \(right.shape)")
    let result = Shape(shape.extents.dropLast() + [columns])
    return withPointer { a in
      right.withPointer { b in
        Tensor(shape: result) { target in
          guard let out = target.baseAddress else { return }
          TiledProduct(rows: rows, columns: columns, depth: depth).run(
            samples: samples,
            .init(a, rowDistance: depth, sampleDistance: rows * depth),
            .init(
              b, rowDistance: transposingRight ? depth : columns,
              sampleDistance: rightRank == 2 ? 0 : depth * columns,
              isTransposed: transposingRight), into: out)
        }
      }
    }
  }
}
