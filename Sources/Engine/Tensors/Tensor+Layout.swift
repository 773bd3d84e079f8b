import CKernels
import Compute

extension Tensor {
  /// The same values in another shape, without a copy; one extent may be -1 and is then derived.
  package func reshaped(_ extents: [Int]) -> Tensor {
    let known = extents.filter { $0 != -1 }.reduce(1, *)
    let full = extents.map { $0 == -1 ? (known == 0 ? 0 : count / known) : $0 }
    return reshaped(Shape(full))
  }

  package func reshaped(_ shape: Shape) -> Tensor {
    guard shape != self.shape else { return self }
    precondition(shape.count == count, "cannot reshape \(self.shape) to \(shape)")
    return sharing(shape: shape).recorded("reshape", [self]) { [before = self.shape] gradient in
      [gradient.reshaped(before)]
    }
  }

  /// The axes in another order: axis i of the result is axis `permutation[i]` of this tensor.
  package func transposed(_ permutation: [Int]) -> Tensor {
    precondition(
      permutation.sorted() == Array(0..<shape.rank),
      "\(permutation) does not permute the axes of \(shape)")
    guard permutation != Array(0..<shape.rank) else { return self }
    let result = Permutation(shape, permutation).apply(self)
    return result.recorded("transpose", [self]) { gradient in
      var inverse = permutation
      for (index, axis) in permutation.enumerated() { inverse[axis] = index }
      return [gradient.transposed(inverse)]
    }
  }

  /// The last two axes exchanged.
  package func transposed() -> Tensor {
    let rank = shape.rank
    return transposed(Array(0..<rank - 2) + [rank - 1, rank - 2])
  }

  /// `[batch, channels, height, width]` to `[batch, height, width, channels]`.
  package func nchwToNHWC() -> Tensor { transposed([0, 2, 3, 1]) }

  /// `[batch, height, width, channels]` to `[batch, channels, height, width]`.
  package func nhwcToNCHW() -> Tensor { transposed([0, 3, 1, 2]) }

  /// Part of an axis; along the first axis without a copy.
  package func slice(_ range: Range<Int>, axis: Int) -> Tensor {
    let axis = axis < 0 ? axis + shape.rank : axis
    precondition(
      range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "\(range) is outside axis \(axis) of \(shape)")
    let inner = shape.count(of: axis + 1..<shape.rank)
    let result = shape.replacing(axis: axis, with: range.count)
    let sliced =
      shape.count(of: 0..<axis) == 1
      ? sharing(shape: result, from: range.lowerBound * inner)
      : sliceCopy(
        range, outer: shape.count(of: 0..<axis), extent: shape[axis], inner: inner, result)
    return sliced.recorded("slice", [self]) { [shape] gradient in
      [
        gradient.padded(
          axis: axis, before: range.lowerBound, after: shape[axis] - range.upperBound)
      ]
    }
  }

  private func sliceCopy(
    _ range: Range<Int>, outer: Int, extent: Int, inner: Int, _ result: Shape
  ) -> Tensor {
    withPointer { x in
      Tensor(shape: result) { target in
        guard let out = target.baseAddress else { return }
        let run = range.count * inner
        ThreadTeam.current.forEachRange(outer, of: max(1, 65_536 / max(run, 1))) { rows in
          for row in rows {
            let from = x + (row * extent + range.lowerBound) * inner
            (out + row * run).update(from: from, count: run)
          }
        }
      }
    }
  }

  /// Zeros before and after the values along an axis.
  package func padded(axis: Int, before: Int, after: Int) -> Tensor {
    let axis = axis < 0 ? axis + shape.rank : axis
    let extent = shape[axis]
    let inner = shape.count(of: axis + 1..<shape.rank)
    let (run, whole) = (extent * inner, (before + extent + after) * inner)
    return withPointer { x in
      Tensor(shape: shape.replacing(axis: axis, with: before + extent + after)) { target in
        guard let out = target.baseAddress, whole > 0 else { return }
        ThreadTeam.current.forEachRange(target.count / whole, of: max(1, 65_536 / whole)) { rows in
          for row in rows {
            let start = out + row * whole
            start.update(repeating: 0, count: before * inner)
            (start + before * inner).update(from: x + row * run, count: run)
            (start + before * inner + run).update(repeating: 0, count: after * inner)
          }
        }
      }
    }.recorded("padding", [self]) { gradient in
      [gradient.slice(before..<before + extent, axis: axis)]
    }
  }

  /// Tensors side by side along an axis; their other axes agree.
  package static func concatenated(_ tensors: [Tensor], axis: Int) -> Tensor {
    guard let first = tensors.first else { preconditionFailure("nothing to concatenate") }
    let axis = axis < 0 ? axis + first.shape.rank : axis
    let extents = tensors.map { $0.shape[axis] }
    let shape = first.shape.replacing(axis: axis, with: extents.reduce(0, +))
    for tensor in tensors {
      precondition(
        tensor.shape.replacing(axis: axis, with: 0) == first.shape.replacing(axis: axis, with: 0),
        "cannot concatenate \(tensor.shape) and \(first.shape) along axis \(axis)")
    }
    let result = Tensor(shape: shape) { target in
      guard let out = target.baseAddress else { return }
      copy(
        tensors, into: out, outer: shape.count(of: 0..<axis),
        inner: shape.count(of: axis + 1..<shape.rank), axis)
    }
    return result.recorded("concatenate", tensors) { [wanted = tensors.map(\.isWatched)] gradient in
      var start = 0
      return zip(extents, wanted).map { extent, isWanted in
        defer { start += extent }
        return isWanted ? gradient.slice(start..<start + extent, axis: axis) : nil
      }
    }
  }

  private static func copy(
    _ tensors: [Tensor], into out: UnsafeMutablePointer<Float>, outer: Int, inner: Int, _ axis: Int
  ) {
    let whole = tensors.reduce(0) { $0 + $1.shape[axis] } * inner
    var start = 0
    for tensor in tensors {
      let run = tensor.shape[axis] * inner
      guard run > 0 else { continue }
      tensor.withPointer { x in
        ThreadTeam.current.forEachRange(outer, of: max(1, 65_536 / run)) { rows in
          for row in rows { (out + row * whole + start).update(from: x + row * run, count: run) }
        }
      }
      start += run
    }
  }
}

/// A transposition with neighbouring axes merged where they stay together.
private struct Permutation {
  let shape: Shape
  /// Extents and input strides of the merged result.
  let extents: [Int]
  let strides: [Int]

  init(_ input: Shape, _ permutation: [Int]) {
    shape = Shape(permutation.map { input[$0] })
    let inputStrides = input.strides
    var extents: [Int] = []
    var strides: [Int] = []
    for axis in permutation where input[axis] != 1 {
      if let last = strides.last, last == inputStrides[axis] * input[axis] {
        extents[extents.count - 1] *= input[axis]
        strides[strides.count - 1] = inputStrides[axis]
      } else {
        extents.append(input[axis])
        strides.append(inputStrides[axis])
      }
    }
    self.extents = extents
    self.strides = strides
  }

  func apply(_ tensor: Tensor) -> Tensor {
    tensor.withPointer { x in
      Tensor(shape: shape) { target in
        guard let out = target.baseAddress, target.count > 0 else { return }
        guard extents.count > 1 else { return out.update(from: x, count: target.count) }
        let plane = extents.suffix(2).reduce(1, *)
        ThreadTeam.current.forEach(target.count / plane) { index in
          copyPlane(x + offset(index), out + index * plane)
        }
      }
    }
  }

  private func offset(_ plane: Int) -> Int {
    var rest = plane
    var offset = 0
    for axis in stride(from: extents.count - 3, through: 0, by: -1) {
      offset += rest % extents[axis] * strides[axis]
      rest /= extents[axis]
    }
    return offset
  }

  private func copyPlane(_ x: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>) {
    let rows = extents[extents.count - 2]
    let columns = extents[extents.count - 1]
    let (down, across) = (strides[strides.count - 2], strides[strides.count - 1])
    if across == 1 {
      for row in 0..<rows { (out + row * columns).update(from: x + row * down, count: columns) }
    } else if down == 1 {
      ck_transpose(x, across, columns, rows, out, columns)
    } else {
      for row in 0..<rows {
        for column in 0..<columns { out[row * columns + column] = x[row * down + column * across] }
      }
    }
  }
}
