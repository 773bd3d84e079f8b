#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Interpolation kernels; when scaling down they are widened, so that nothing aliases.
package enum ResampleFilter: String, Sendable, CaseIterable {
  case box
  case bilinear
  /// Keys' cubic with a = -0.5.
  case bicubic
  case lanczos3

  /// Half the width in source pixels at scale 1.
  var support: Double {
    switch self {
    case .box: 0.5
    case .bilinear: 1
    case .bicubic: 2
    case .lanczos3: 3
    }
  }

  func weight(_ position: Double) -> Double {
    let x = abs(position)
    switch self {
    case .box: return position > -0.5 && position <= 0.5 ? 1 : 0
    case .bilinear: return max(0, 1 - x)
    case .bicubic:
      if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
      return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
    case .lanczos3: return x < 3 ? Self.sinc(x) * Self.sinc(x / 3) : 0
    }
  }

  private static func sinc(_ x: Double) -> Double {
    x == 0 ? 1 : sin(x * .pi) / (x * .pi)
  }
}

/// For every output pixel of one axis, the input pixels it is made of; weights sum to 1.
///
/// Half-pixel centres; the same windows, and the same roundings, as Pillow's `resize`
/// (libImaging/Resample.c).
struct ResampleWindows {
  let starts: [Int]
  let counts: [Int]
  /// The weights, `[output, taps]`.
  let weights: [Double]
  let taps: Int

  /// - Parameter outputs: which of the output pixels; all of them where nil.
  init(from input: Int, to output: Int, _ filter: ResampleFilter, outputs: Range<Int>? = nil) {
    let outputs = outputs ?? 0..<output
    let scale = Double(input) / Double(output)
    let widening = max(scale, 1)
    let (support, narrowing) = (filter.support * widening, 1 / widening)
    taps = min(input, Int(support.rounded(.up)) * 2 + 1)
    var starts = [Int](repeating: 0, count: outputs.count)
    var counts = starts
    var weights = [Double](repeating: 0, count: outputs.count * taps)
    for (place, index) in outputs.enumerated() {
      let centre = (Double(index) + 0.5) * scale
      let first = max(0, Int(centre - support + 0.5))
      let last = min(input, Int(centre + support + 0.5))
      let window = (first..<max(first, last)).prefix(taps).map {
        filter.weight((Double($0) - centre + 0.5) * narrowing)
      }
      let total = window.reduce(0, +)
      (starts[place], counts[place]) = (first, window.count)
      for (tap, weight) in window.enumerated() {
        weights[place * taps + tap] = total == 0 ? weight : weight / total
      }
    }
    (self.starts, self.counts, self.weights) = (starts, counts, weights)
  }
}

/// The same for numbers in 32 bits.
struct ResampleWeights {
  let starts: [Int]
  let counts: [Int]
  /// The weights, `[output, taps]`.
  let weights: [Float]
  let taps: Int

  init(from input: Int, to output: Int, _ filter: ResampleFilter) {
    let windows = ResampleWindows(from: input, to: output, filter)
    (starts, counts, taps) = (windows.starts, windows.counts, windows.taps)
    weights = windows.weights.map(Float.init)
  }
}
