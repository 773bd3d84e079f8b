import Goldens

/// Operations of tensors, spelled out in double precision.
enum TensorTwins {
  /// The sum along axes that stay with extent 1.
  static func sum(_ x: Doubles, axes: [Int]) -> Doubles {
    let kept = x.shape.indices.map { axes.contains($0) ? 1 : x.shape[$0] }
    var totals = Doubles(kept) { _ in 0 }
    _ = Doubles(x.shape) { index in
      let target = zip(index, kept).reduce(0) { $0 * $1.1 + ($1.1 == 1 ? 0 : $1.0) }
      totals.values[target] += x[index]
      return 0
    }
    return totals
  }

  static func mean(_ x: Doubles, axes: [Int]) -> Doubles {
    let total = sum(x, axes: axes)
    return total.map { $0 * Double(total.values.count) / Double(x.values.count) }
  }

  static func deviationPerSample(_ x: Doubles) -> Doubles {
    let axes = Array(1..<x.shape.count)
    let squares = x.joined(mean(x, axes: axes)) { ($0 - $1) * ($0 - $1) }
    let count = x.shape.dropFirst().reduce(1, *) - 1
    return sum(squares, axes: axes).map { ($0 / Double(count)).squareRoot() }
  }

  static func rows(_ x: Doubles, _ function: ([Double]) -> [Double]) -> Doubles {
    let width = x.shape[x.shape.count - 1]
    let starts = stride(from: 0, to: x.values.count, by: width)
    return Doubles(starts.flatMap { function(Array(x.values[$0..<$0 + width])) }, x.shape)
  }

  static func transposed(_ x: Doubles, _ permutation: [Int]) -> Doubles {
    Doubles(permutation.map { x.shape[$0] }) { index in
      var source = index
      for (to, from) in permutation.enumerated() { source[from] = index[to] }
      return x[source]
    }
  }

  static func slice(_ x: Doubles, _ range: Range<Int>, axis: Int) -> Doubles {
    var shape = x.shape
    shape[axis] = range.count
    return Doubles(shape) { index in
      var source = index
      source[axis] += range.lowerBound
      return x[source]
    }
  }

  static func concatenated(_ tensors: [Doubles], axis: Int) -> Doubles {
    var shape = tensors[0].shape
    shape[axis] = tensors.reduce(0) { $0 + $1.shape[axis] }
    return Doubles(shape) { index in
      var source = index
      for tensor in tensors {
        if source[axis] < tensor.shape[axis] { return tensor[source] }
        source[axis] -= tensor.shape[axis]
      }
      return .nan
    }
  }

  static func padded(_ x: Doubles, axis: Int, before: Int, after: Int) -> Doubles {
    var shape = x.shape
    shape[axis] += before + after
    return Doubles(shape) { index in
      var source = index
      source[axis] -= before
      return (0..<x.shape[axis]).contains(source[axis]) ? x[source] : 0
    }
  }

  static func gathered(_ x: Doubles, _ indices: [Int]) -> Doubles {
    Doubles([indices.count] + x.shape.dropFirst()) { x[[indices[$0[0]]] + $0.dropFirst()] }
  }

  /// `[..., rows, depth]` by `[..., depth, columns]`.
  static func product(_ a: Doubles, _ b: Doubles, transposingRight: Bool = false) -> Doubles {
    let depth = a.shape[a.shape.count - 1]
    let columns = b.shape[b.shape.count - (transposingRight ? 2 : 1)]
    return Doubles(a.shape.dropLast() + [columns]) { index in
      let (head, row, column) = (index.dropLast(2), index[index.count - 2], index[index.count - 1])
      return (0..<depth).reduce(0) { total, i in
        total + a[head + [row, i]] * b[head + (transposingRight ? [column, i] : [i, column])]
      }
    }
  }
}
