import Compute

extension Tensor {
  /// Matrix products: `[..., rows, depth]` by `[depth, columns]` or, batch by batch, by
  /// `[..., depth, columns]`; with `transposingRight` the right one is `[..., columns, depth]`.
  package func matrixProduct(_ right: Tensor, transposingRight: Bool = false) -> Tensor {
    let left = self
    return left.product(right, transposingRight).recorded("matrix product", [left, right]) {
      [
        left = left.detached, right = right.detached, wanted = (left.isWatched, right.isWatched)
      ] gradient in
      [
        wanted.0 ? gradient.product(right, !transposingRight) : nil,
        wanted.1 ? gradient.gradientOfRight(left, right.shape, transposingRight) : nil,
      ]
    }
  }

  /// What the right factor gets of this gradient of the product.
  private func gradientOfRight(
    _ left: Tensor, _ right: Shape, _ transposingRight: Bool
  ) -> Tensor {
    let (a, b) = transposingRight ? (self, left) : (left, self)
    guard right.rank == 2 else { return a.transposed().product(b, false) }
    return a.outerProductSum(b)
  }

  /// The sum over all rows of the outer products of this tensor's rows with the other's:
  /// `[..., height]` and `[..., width]` to `[height, width]`, off the tape.
  package func outerProductSum(_ other: Tensor) -> Tensor {
    let (height, width) = (shape[-1], other.shape[-1])
    let rows = count / max(height, 1)
    precondition(other.count == rows * width, "cannot join \(shape) and \(other.shape)")
    return withPointer { left in
      other.withPointer { right in
        Tensor(shape: [height, width]) { target in
          guard let out = target.baseAddress else { return }
          OuterProductSum(rows: rows, height: height, width: width)
            .run(left, .stored(right), into: out)
        }
      }
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
