import CKernels
import Compute
package import Tensors

/// A picture `[batch, h, w, channels]` at another size, by linear interpolation between the centres
/// of pixels (torch's `interpolate` with `align_corners=False`, without anti-aliasing).
package func resizedBilinear(_ x: Tensor, height: Int, width: Int) -> Tensor {
  precondition(
    x.shape.rank == 4 && x.count > 0 && height > 0 && width > 0,
    "cannot resize \(x.shape) to \(height)x\(width)")
  return interpolated(interpolated(x, axis: 1, to: height), axis: 2, to: width)
}

private func interpolated(_ x: Tensor, axis: Int, to extent: Int) -> Tensor {
  guard x.shape[axis] != extent else { return x }
  let forward = Interpolation(x.shape, axis: axis, to: extent)
  return forward.apply(x).recorded("bilinear resampling", [x]) { gradient in
    [forward.pullBack(gradient)]
  }
}

/// Linear interpolation along the middle one of three axes.
private struct Interpolation: Sendable {
  /// Where a result lies: between a value and the next one, with the next one's weight.
  private struct Position {
    let index: Int
    let next: Int
    let weight: Float
  }

  private let shape: Shape
  private let axis: Int
  private let outer: Int
  private let inner: Int
  private let positions: [Position]

  init(_ shape: Shape, axis: Int, to extent: Int) {
    (self.shape, self.axis) = (shape, axis)
    outer = shape.count(of: 0..<axis)
    inner = shape.count(of: axis + 1..<shape.rank)
    let before = shape[axis]
    positions = (0..<extent).map { index in
      let centre = (Double(index) + 0.5) * Double(before) / Double(extent) - 0.5
      let place = max(0, centre)
      let first = min(Int(place), before - 1)
      return Position(
        index: first, next: min(first + 1, before - 1), weight: Float(place - Double(first)))
    }
  }

  func apply(_ x: Tensor) -> Tensor {
    x.withPointer { source in
      Tensor(shape: shape.replacing(axis: axis, with: positions.count)) { target in
        guard let out = target.baseAddress else { return }
        forEachPart { item, column, count in
          let from = source + item * shape[axis] * inner + column
          let to = out + item * positions.count * inner + column
          for (row, position) in positions.enumerated() {
            Kernels.active.scaled_add(
              from + position.index * inner, 1 - position.weight, from + position.next * inner,
              position.weight, to + row * inner, count)
          }
        }
      }
    }
  }

  /// Every gradient goes back to the two values that it was mixed from, in the order of the rows.
  func pullBack(_ gradient: Tensor) -> Tensor {
    gradient.withPointer { source in
      Tensor(shape: shape) { target in
        target.initialize(repeating: 0)
        guard let out = target.baseAddress else { return }
        forEachPart { item, column, count in
          let from = source + item * positions.count * inner + column
          let to = out + item * shape[axis] * inner + column
          for (row, position) in positions.enumerated() {
            add(from + row * inner, 1 - position.weight, to + position.index * inner, count)
            add(from + row * inner, position.weight, to + position.next * inner, count)
          }
        }
      }
    }
  }

  private func add(
    _ x: UnsafePointer<Float>, _ weight: Float, _ out: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    guard weight != 0 else { return }
    Kernels.active.scaled_add(out, 1, x, weight, out, count)
  }

  private func forEachPart(_ body: (_ item: Int, _ column: Int, _ count: Int) -> Void) {
    let run = min(inner, 4_096)
    let parts = (inner + run - 1) / run
    ThreadTeam.current.forEach(outer * parts) { index in
      let column = index % parts * run
      body(index / parts, column, min(run, inner - column))
    }
  }
}
