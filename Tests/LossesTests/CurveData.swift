import Foundation
import Tensors

/// What both sides of the training comparison learn from, by formula; Scripts/fixtures/curve_data.py
/// has the same formulas.
enum CurveData {
  private static let samples = 16

  /// Samples step * size ..., one after the other.
  private static func batch(
    _ step: Int, _ size: Int, _ shape: [Int], _ value: (_ sample: Int, _ at: [Int]) -> Double
  ) -> Tensor {
    let whole = Shape([size] + shape)
    return Tensor(
      (0..<whole.count).map { index in
        var (rest, at) = (index, [Int](repeating: 0, count: shape.count))
        for axis in shape.indices.reversed() {
          at[axis] = rest % shape[axis]
          rest /= shape[axis]
        }
        return Float(value((step * size + rest) % samples, at))
      }, shape: whole)
  }

  /// Waves whose lengths and directions belong to the sample, `[size, 16, 16, 8]`.
  static func latents(step: Int, size: Int) -> Tensor {
    batch(step, size, [16, 16, 8]) { sample, at in
      let (y, x, c) = (Double(at[0]), Double(at[1]), Double(at[2]))
      let down = 0.2 + 0.05 * Double((3 * sample + at[2]) % 7)
      let across = 0.2 + 0.07 * Double((5 * sample + 2 * at[2]) % 5)
      return 1.2 * sin(down * y + 0.9 * Double(sample) + c) + 0.6 * cos(across * x + 0.4 * c)
    }
  }

  /// A box that is to be drawn, `[size, 16, 16, 1]`.
  static func masks(step: Int, size: Int) -> Tensor {
    batch(step, size, [16, 16, 1]) { sample, at in
      let (top, left) = (sample % 5, 3 * sample % 7)
      let isInside = (top..<top + 9).contains(at[0]) && (left..<left + 8).contains(at[1])
      return isInside ? 1 : 0
    }
  }

  /// What stands for a text, `[size, 16, 128]`.
  static func context(step: Int, size: Int) -> Tensor {
    batch(step, size, [16, 128]) { sample, at in
      let token = 0.37 * Double(at[0]) * Double(1 + at[1] % 3)
      return sin(0.7 * Double(sample) + token + 0.11 * Double(at[1]))
    }
  }

  static func timesteps(step: Int, size: Int) -> [Int] {
    (0..<size).map { (17 + 389 * (size * step + $0)) % 1000 }
  }

  /// Waves of colour and a disc, from -1 to 1, `[size, 64, 64, 3]`.
  static func pictures(step: Int, size: Int) -> Tensor {
    batch(step, size, [64, 64, 3]) { sample, at in
      let (y, x, c) = (Double(at[0]), Double(at[1]), Double(at[2]))
      let far =
        (x - 20 - Double(2 * (sample % 9))) * (x - 20 - Double(2 * (sample % 9)))
        + (y - 30 - Double(sample % 11)) * (y - 30 - Double(sample % 11))
      if far < Double(120 + 30 * (sample % 5)) { return 0.8 * cos(1.3 * Double(sample) + 2 * c) }
      let across = 0.05 * Double(1 + sample % 4) * x
      return 0.7 * sin(across + 0.08 * y * (1 + c) + 0.5 * Double(sample))
    }
  }

  /// Torch's normal values, drawn channels first, given channels last.
  static func noise(seed: Int, _ size: Int, side: Int) -> Tensor {
    var generator = TorchGenerator(seed: UInt64(seed))
    return generator.normal(shape: [size, 8, side, side]).nchwToNHWC()
  }
}
