import Compute
import Layers
import Tensors
import Testing

/// Winograd's algorithm, forward and back, against sums in double precision.
@Suite struct WinogradTests {
  private func noise(_ shape: Shape, _ seed: UInt64) -> Tensor {
    var generator = TorchGenerator(seed: seed)
    return generator.normal(shape: shape)
  }

  /// Batch, height, width, channels in and out: whole and cut tiles, several blocks of tiles and of
  /// channels, panels with few columns; the last two in narrow tasks.
  static let shapes: [[Int]] = [
    [1, 7, 7, 16, 3], [2, 9, 11, 21, 37], [3, 16, 16, 64, 33], [2, 12, 8, 150, 70],
    [5, 17, 15, 40, 16], [2, 67, 63, 16, 3], [3, 66, 50, 24, 37],
  ]

  @Test(arguments: shapes) func `convolutions and their gradients are the plain sums`(
    shape: [Int]
  ) throws {
    let (batch, height, width, channels, outputs) = (
      shape[0], shape[1], shape[2], shape[3], shape[4]
    )
    let x = noise([batch, height, width, channels], 1).watched()
    let weight = noise([outputs, channels, 3, 3], 2).watched()
    let flow = noise([batch, height, width, outputs], 3)
    let result = Convolution2D(weight: weight, bias: nil)(x)
    let gradients = try (result * flow).sum().gradients(withRespectTo: [x, weight])
    var (out, ofX, ofWeight) = (
      [Double](repeating: 0, count: flow.count), [Double](repeating: 0, count: x.count),
      [Double](repeating: 0, count: weight.count)
    )
    let (pixels, kernel, flows) = (
      x.values.map(Double.init), weight.values.map(Double.init), flow.values.map(Double.init)
    )
    for place in 0..<batch * height * width {
      let (sample, row, column) = (
        place / (height * width), place / width % height, place % width
      )
      for tap in 0..<9 {
        let (y, x) = (row + tap / 3 - 1, column + tap % 3 - 1)
        guard y >= 0, y < height, x >= 0, x < width else { continue }
        let pixel = ((sample * height + y) * width + x) * channels
        for output in 0..<outputs {
          let flowing = flows[place * outputs + output]
          var total = 0.0
          for channel in 0..<channels {
            let at = (output * channels + channel) * 9 + tap
            total += pixels[pixel + channel] * kernel[at]
            ofX[pixel + channel] += flowing * kernel[at]
            ofWeight[at] += flowing * pixels[pixel + channel]
          }
          out[place * outputs + output] += total
        }
      }
    }
    #expect(distance(result, out) < 3e-6)
    #expect(distance(gradients[0], ofX) < 3e-6)
    #expect(distance(gradients[1], ofWeight) < 3e-6)
  }

  @Test func `a sample has the same bits alone and in a batch that goes in narrow tasks`() {
    let batch = noise([9, 31, 30, 24, 1], 5).reshaped([9, 31, 30, 24])
    let layer = Convolution2D(weight: noise([40, 24, 3, 3], 6), bias: noise([40], 7))
    let together = layer(batch, activation: .silu)
    for sample in [0, 4, 8] {
      let alone = layer(batch.slice(sample..<sample + 1, axis: 0), activation: .silu)
      #expect(alone.values == together.slice(sample..<sample + 1, axis: 0).values)
    }
  }

  /// |got - wanted| / |wanted|.
  private func distance(_ got: Tensor, _ wanted: [Double]) -> Double {
    let squares = zip(got.values, wanted).reduce(into: (0.0, 0.0)) {
      $0.0 += (Double($1.0) - $1.1) * (Double($1.0) - $1.1)
      $0.1 += $1.1 * $1.1
    }
    return (squares.0 / squares.1).squareRoot()
  }
}
