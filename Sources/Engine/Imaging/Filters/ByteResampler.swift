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
  private let isVerticalFirst: Bool

  /// - Parameter window: the part of the result that is wanted, inside the target.
  init(
    from source: (width: Int, height: Int), to target: (width: Int, height: Int),
    window: PixelRect, channels: Int, _ filter: ResampleFilter
  ) {
    self.channels = channels
    columns = Axis(from: source.width, to: target.width, window.x..<window.maxX, filter)
    rows = Axis(from: source.height, to: target.height, window.y..<window.maxY, filter)
    // Pillow since 13; before, rows were always filtered first.
    let shrinking = source.height - target.height
    isVerticalFirst = shrinking > 0 && shrinking > 2 * (source.width - target.width)
  }

  /// `[source height, source width, channels]` to `[window height, window width, channels]`.
  func callAsFunction(_ source: [UInt8], width: Int) -> [UInt8] {
    let (across, down) = (columns.reach, rows.reach)
    if isVerticalFirst {
      let middle = vertically(source, width: width, columns: across, firstRow: 0)
      return horizontally(
        middle, width: across.count, rows: 0..<rows.starts.count, firstColumn: across.lowerBound)
    }
    let middle = horizontally(source, width: width, rows: down, firstColumn: 0)
    let outputWidth = columns.starts.count
    return vertically(
      middle, width: outputWidth, columns: 0..<outputWidth, firstRow: down.lowerBound)
  }

  /// Some rows, whose samples begin with those of `firstColumn`.
  private func horizontally(
    _ source: [UInt8], width: Int, rows: Range<Int>, firstColumn: Int
  ) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(rows.count * columns.starts.count * channels)
    for y in rows {
      for (x, start) in columns.starts.enumerated() {
        let first = (y * width + start - firstColumn) * channels
        for channel in 0..<channels {
          result.append(sample(columns, x, source, first + channel, channels))
        }
      }
    }
    return result
  }

  /// Some columns, whose samples begin with those of `firstRow`.
  private func vertically(
    _ source: [UInt8], width: Int, columns: Range<Int>, firstRow: Int
  ) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(rows.starts.count * columns.count * channels)
    let span = columns.lowerBound * channels..<columns.upperBound * channels
    for (y, start) in rows.starts.enumerated() {
      let first = (start - firstRow) * width * channels
      for index in span {
        result.append(sample(rows, y, source, first + index, width * channels))
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
