import Foundation
import Goldens
import Layers

/// Layers, spelled out in double precision; pictures are channels last.
enum LayerTwins {
  static func activation(_ activation: Activation, _ x: Doubles) -> Doubles {
    x.map { x in
      switch activation {
      case .none: x
      case .silu: x / (1 + exp(-x))
      case .relu: max(x, 0)
      case .gelu: 0.5 * x * erfc(-x / 2.0.squareRoot())
      case .quickGELU: x / (1 + exp(-1.702 * x))
      }
    }
  }

  /// `x` is `[batch, height, width, in]`, `weight` `[out, in, kernel height, kernel width]`.
  static func convolution(
    _ x: Doubles, _ weight: Doubles, stride: Int, padding: Padding
  ) -> Doubles {
    let (height, width) = (x.shape[1], x.shape[2])
    let rows = (height + padding.top + padding.bottom - weight.shape[2]) / stride + 1
    let columns = (width + padding.left + padding.right - weight.shape[3]) / stride + 1
    let (taps, channels) = (weight.shape[2] * weight.shape[3], weight.shape[1])
    let (pixels, weights) = (x.values, weight.values)
    let shape = [x.shape[0], rows, columns, weight.shape[0]]
    var result = [Double](repeating: 0, count: shape.reduce(1, *))
    for place in 0..<shape[0] * rows * columns {
      let (sample, top) = (place / (rows * columns), place / columns % rows * stride - padding.top)
      let left = place % columns * stride - padding.left
      for tap in 0..<taps {
        let (row, column) = (top + tap / weight.shape[3], left + tap % weight.shape[3])
        guard row >= 0, row < height, column >= 0, column < width else { continue }
        let pixel = ((sample * height + row) * width + column) * channels
        for out in 0..<shape[3] {
          for channel in 0..<channels {
            result[place * shape[3] + out] +=
              pixels[pixel + channel] * weights[(out * channels + channel) * taps + tap]
          }
        }
      }
    }
    return Doubles(result, shape)
  }

  /// `[..., in]` by `[out, in]`.
  static func linear(_ x: Doubles, _ weight: Doubles) -> Doubles {
    let (out, depth) = (weight.shape[0], weight.shape[1])
    let (left, right) = (x.values, weight.values)
    var values = [Double](repeating: 0, count: left.count / depth * out)
    for index in values.indices {
      let (row, column) = index.quotientAndRemainder(dividingBy: out)
      for i in 0..<depth { values[index] += left[row * depth + i] * right[column * depth + i] }
    }
    return Doubles(values, x.shape.dropLast() + [out])
  }

  private static func normalized(_ values: [Double], _ epsilon: Double) -> [Double] {
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    return values.map { ($0 - mean) / (variance + epsilon).squareRoot() }
  }

  static func layerNormalization(_ x: Doubles, epsilon: Double = 1e-5) -> Doubles {
    let width = x.shape[x.shape.count - 1]
    let starts = stride(from: 0, to: x.values.count, by: width)
    return Doubles(
      starts.flatMap { normalized(Array(x.values[$0..<$0 + width]), epsilon) }, x.shape)
  }

  static func groupNormalization(_ x: Doubles, groups: Int, epsilon: Double = 1e-5) -> Doubles {
    let channels = x.shape[x.shape.count - 1]
    let rows = x.values.count / (x.shape[0] * channels)
    let width = channels / groups
    var result = x
    for sample in 0..<x.shape[0] {
      for group in 0..<groups {
        let places = (0..<rows * width).map {
          (sample * rows + $0 / width) * channels + group * width + $0 % width
        }
        let values = normalized(places.map { x.values[$0] }, epsilon)
        for (place, value) in zip(places, values) { result.values[place] = value }
      }
    }
    return result
  }

  static func attention(
    _ query: Doubles, _ key: Doubles, _ value: Doubles, heads: Int, causal: Bool = false,
    lengths: [Int]? = nil
  ) -> Doubles {
    let (size, valueSize) = (query.shape[2] / heads, value.shape[2] / heads)
    let (queries, keys) = (query.shape[1], key.shape[1])
    let (q, k, v) = (query.values, key.values, value.values)
    var result = [Double](repeating: 0, count: query.shape[0] * queries * value.shape[2])
    for place in 0..<query.shape[0] * queries * heads {
      let (row, head) = place.quotientAndRemainder(dividingBy: heads)
      let first = row / queries * keys
      let length = lengths?[row / queries] ?? keys
      var total = 0.0
      for column in first..<first + (causal ? min(row % queries + 1, length) : length) {
        var score = 0.0
        for i in 0..<size { score += q[place * size + i] * k[(column * heads + head) * size + i] }
        let weight = exp(score / Double(size).squareRoot())
        total += weight
        for i in 0..<valueSize {
          result[place * valueSize + i] += weight * v[(column * heads + head) * valueSize + i]
        }
      }
      for i in 0..<valueSize { result[place * valueSize + i] /= total }
    }
    return Doubles(result, [query.shape[0], queries, value.shape[2]])
  }

  static func half(_ x: Doubles, second: Bool) -> Doubles {
    let width = x.shape[x.shape.count - 1] / 2
    return Doubles(x.shape.dropLast() + [width]) { index in
      x[index.dropLast() + [index[index.count - 1] + (second ? width : 0)]]
    }
  }

  static func geglu(_ x: Doubles) -> Doubles {
    half(x, second: false) * activation(.gelu, half(x, second: true))
  }

  static func pooled(_ x: Doubles, size: Int) -> Doubles {
    Doubles([x.shape[0], x.shape[1] / size, x.shape[2] / size, x.shape[3]]) { index in
      (0..<size * size).reduce(0.0) { total, i in
        total + x[index[0], index[1] * size + i / size, index[2] * size + i % size, index[3]]
      } / Double(size * size)
    }
  }

  static func upsampled(_ x: Doubles) -> Doubles {
    Doubles([x.shape[0], 2 * x.shape[1], 2 * x.shape[2], x.shape[3]]) { index in
      x[index[0], index[1] / 2, index[2] / 2, index[3]]
    }
  }

  static func resized(_ x: Doubles, height: Int, width: Int) -> Doubles {
    func place(_ index: Int, _ extent: Int, _ wanted: Int) -> (Int, Int, Double) {
      let place = max(0, (Double(index) + 0.5) * Double(extent) / Double(wanted) - 0.5)
      let first = Int(place)
      return (first, min(first + 1, extent - 1), place - Double(first))
    }
    return Doubles([x.shape[0], height, width, x.shape[3]]) { index in
      let (top, bottom, down) = place(index[1], x.shape[1], height)
      let (left, right, across) = place(index[2], x.shape[2], width)
      func line(_ row: Int) -> Double {
        x[index[0], row, left, index[3]] * (1 - across) + x[index[0], row, right, index[3]] * across
      }
      return line(top) * (1 - down) + line(bottom) * down
    }
  }
}
