/// Separable resampling of interleaved rows: first along the rows, then down the columns.
struct Resampler {
  let columns: ResampleWeights?
  let rows: ResampleWeights?
  let channels: Int
  let outputWidth: Int

  /// An axis that keeps its length is copied, not filtered.
  init(
    from source: (width: Int, height: Int), to target: (width: Int, height: Int), channels: Int,
    _ filter: ResampleFilter
  ) {
    self.channels = channels
    outputWidth = target.width
    columns =
      source.width == target.width
      ? nil : ResampleWeights(from: source.width, to: target.width, filter)
    rows =
      source.height == target.height
      ? nil : ResampleWeights(from: source.height, to: target.height, filter)
  }

  /// One row `[source width, channels]` to `[target width, channels]`.
  func resampleRow(
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>
  ) {
    guard let columns else {
      return output.update(from: input, count: outputWidth * channels)
    }
    columns.weights.withUnsafeBufferPointer { weights in
      for x in 0..<outputWidth {
        let start = input + columns.starts[x] * channels
        let row = x * columns.taps
        if channels == 3 {
          Self.sumOfThree(start, weights, row, columns.counts[x], output + x * 3)
        } else {
          sum(start, weights, row, columns.counts[x], output + x * channels)
        }
      }
    }
  }

  private static func sumOfThree(
    _ input: UnsafePointer<Float>, _ weights: UnsafeBufferPointer<Float>, _ first: Int,
    _ count: Int, _ output: UnsafeMutablePointer<Float>
  ) {
    var total = SIMD4<Float>.zero
    for tap in 0..<count {
      let pixel = SIMD4(input[tap * 3], input[tap * 3 + 1], input[tap * 3 + 2], 0)
      total += weights[first + tap] * pixel
    }
    (output[0], output[1], output[2]) = (total.x, total.y, total.z)
  }

  private func sum(
    _ input: UnsafePointer<Float>, _ weights: UnsafeBufferPointer<Float>, _ first: Int,
    _ count: Int, _ output: UnsafeMutablePointer<Float>
  ) {
    for channel in 0..<channels {
      var total: Float = 0
      for tap in 0..<count { total += weights[first + tap] * input[tap * channels + channel] }
      output[channel] = total
    }
  }

  /// Row `y` of the result from rows `[source height, target width, channels]`.
  func resampleColumn(
    _ y: Int, _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>
  ) {
    let count = outputWidth * channels
    guard let rows else { return output.update(from: input + y * count, count: count) }
    output.update(repeating: 0, count: count)
    for tap in 0..<rows.counts[y] {
      let weight = rows.weights[y * rows.taps + tap]
      let row = input + (rows.starts[y] + tap) * count
      for index in 0..<count { output[index] += weight * row[index] }
    }
  }
}

extension FloatImage {
  /// The picture at another size, antialiased, half-pixel centres.
  ///
  /// Cost: O(rows x columns x filter width); equal to Pillow's `resize` of mode F within rounding.
  package func resized(
    width: Int, height: Int, filter: ResampleFilter = .lanczos3,
    parallel: ParallelFor = serially
  ) throws(ImagingError) -> FloatImage {
    try ImageLimits(maxPixels: Int.max / 64, maxSide: Int.max).check(width: width, height: height)
    if width == self.width && height == self.height { return self }
    let resampler = Resampler(
      from: (self.width, self.height), to: (width, height), channels: channels, filter)
    let middle = [Float].filled(self.height * width * channels) { target in
      pixels.withUnsafePointer { source in
        inBands(self.height, of: 16, parallel) { rows in
          for y in rows {
            resampler.resampleRow(
              source + y * self.width * channels, target + y * width * channels)
          }
        }
      }
    }
    return resampler.finish(middle, width: width, height: height, parallel)
  }
}

extension Resampler {
  /// The second half of a resize, from rows that already have their final width.
  func finish(
    _ middle: [Float], width: Int, height: Int, _ parallel: ParallelFor
  ) -> FloatImage {
    let pixels = [Float].filled(height * width * channels) { target in
      middle.withUnsafePointer { source in
        inBands(height, of: 8, parallel) { rows in
          for y in rows { resampleColumn(y, source, target + y * width * channels) }
        }
      }
    }
    return FloatImage(unchecked: pixels, width: width, height: height, channels: channels)
  }
}

extension [Float] {
  /// An array whose numbers are written once, by `body`, without being cleared first.
  static func filled(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let start = buffer.baseAddress else { return }
      body(start)
      initialized = count
    }
  }

  /// The address of a non-empty array's numbers.
  func withUnsafePointer(_ body: (UnsafePointer<Float>) -> Void) {
    withUnsafeBufferPointer { buffer in
      if let start = buffer.baseAddress { body(start) }
    }
  }
}
