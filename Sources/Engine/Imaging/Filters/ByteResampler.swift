/// Resampling of 8-bit samples bit for bit as Pillow does it: weights in fixed point, and after
/// either pass a rounding to 8 bits (libImaging/Resample.c, the `8bpc` functions).
struct ByteResampler {
  /// One axis of it; nil weights copy.
  private struct Axis {
    let starts: [Int]
    let counts: [Int]
    /// In units of 2^-22, `[output, taps]`; nothing for an axis that keeps its length.
    let weights: [Int32]?
    let taps: Int

    init(from input: Int, to output: Int, _ outputs: Range<Int>, _ filter: ResampleFilter) {
      guard input != output else {
        (starts, counts) = (Array(outputs), [Int](repeating: 1, count: outputs.count))
        (weights, taps) = (nil, 1)
        return
      }
      let windows = ResampleWindows(from: input, to: output, filter, outputs: outputs)
      (starts, counts, taps) = (windows.starts, windows.counts, windows.taps)
      weights = windows.weights.map { weight in
        Int32(weight * Double(1 << ByteResampler.precision) + (weight < 0 ? -0.5 : 0.5))
      }
    }

    /// The input pixels that any output needs.
    var reach: Range<Int> {
      let last = zip(starts, counts).map(+).max() ?? 0
      return (starts.min() ?? 0)..<last
    }
  }

  private static let precision = 22

  private let columns: Axis
  private let rows: Axis
  private let channels: Int

  /// - Parameter window: the part of the result that is wanted, inside the target.
  init(
    from source: (width: Int, height: Int), to target: (width: Int, height: Int),
    window: PixelRect, channels: Int, _ filter: ResampleFilter
  ) {
    self.channels = channels
    columns = Axis(from: source.width, to: target.width, window.x..<window.maxX, filter)
    rows = Axis(from: source.height, to: target.height, window.y..<window.maxY, filter)
  }

  /// `[source height, source width, channels]` to `[window height, window width, channels]`.
  func callAsFunction(_ source: [UInt8], width: Int) -> [UInt8] {
    let (reach, outputWidth) = (rows.reach, columns.starts.count)
    let row = outputWidth * channels
    var middle = [UInt8](repeating: 0, count: reach.count * row)
    for (line, y) in reach.enumerated() {
      for x in 0..<outputWidth {
        for channel in 0..<channels {
          middle[line * row + x * channels + channel] = sample(
            columns, x, source, (y * width + columns.starts[x]) * channels + channel, channels)
        }
      }
    }
    var result = [UInt8](repeating: 0, count: rows.starts.count * row)
    for y in rows.starts.indices {
      let first = (rows.starts[y] - reach.lowerBound) * row
      for index in 0..<row {
        result[y * row + index] = sample(rows, y, middle, first + index, row)
      }
    }
    return result
  }

  /// One sample of an axis' output `index`, from samples `distance` apart.
  @inline(__always)
  private func sample(
    _ axis: Axis, _ index: Int, _ samples: [UInt8], _ first: Int, _ distance: Int
  ) -> UInt8 {
    guard let weights = axis.weights else { return samples[first] }
    var total = Int32(1) << (Self.precision - 1)
    for tap in 0..<axis.counts[index] {
      total &+= weights[index * axis.taps + tap] &* Int32(samples[first + tap * distance])
    }
    return UInt8(clamping: total >> Self.precision)
  }
}
