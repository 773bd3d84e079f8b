extension Mask {
  /// The hole at the latent's size: 1 where any of `factor` x `factor` pixels is edited, else 0.
  ///
  /// Returns `[height / factor, width / factor, 1]`; throws where the sides do not divide.
  package func latentByMaximum(factor: Int) throws(ImagingError) -> FloatImage {
    guard factor > 0, width % factor == 0, height % factor == 0 else {
      throw .invalidParameter(
        name: "mask", reason: "\(width)x\(height) does not divide into blocks of \(factor)")
    }
    let covering = covering(width: width / factor, height: height / factor)
    return FloatImage(
      unchecked: covering.coverage.map { $0 == 0 ? 0 : 1 }, width: covering.width,
      height: covering.height, channels: 1)
  }

  /// As `torch.nn.functional.interpolate(mode: "nearest")`: one pixel stands for each block.
  ///
  /// Returns 0 or 1, `[height, width, 1]`. Source: ATen/native/UpSample.h,
  /// `nearest_neighbor_compute_source_index` (single precision).
  package func latentByNearest(width: Int, height: Int) throws(ImagingError) -> FloatImage {
    try ImageLimits(maxPixels: Int.max, maxSide: Int.max).check(width: width, height: height)
    func sources(_ input: Int, _ output: Int) -> [Int] {
      let scale = Float(input) / Float(output)
      return (0..<output).map { min(Int((Float($0) * scale).rounded(.down)), input - 1) }
    }
    let columns = sources(self.width, width)
    var pixels: [Float] = []
    pixels.reserveCapacity(width * height)
    for y in sources(self.height, height) {
      for x in columns { pixels.append(coverage[y * self.width + x] >= 128 ? 1 : 0) }
    }
    return FloatImage(unchecked: pixels, width: width, height: height, channels: 1)
  }

  /// The mask at another size: a pixel takes the highest value among those it overlaps.
  ///
  /// Shrinking never loses a hole and nothing of it reaches a pixel that counts as known.
  package func resizedCovering(width: Int, height: Int) throws(ImagingError) -> Mask {
    try ImageLimits(maxPixels: Int.max, maxSide: Int.max).check(width: width, height: height)
    return covering(width: width, height: height)
  }

  private func covering(width: Int, height: Int) -> Mask {
    /// Input pixels that output pixel `index` overlaps.
    func window(_ index: Int, _ input: Int, _ output: Int) -> Range<Int> {
      let first = index * input / output
      return first..<max(first + 1, ((index + 1) * input + output - 1) / output)
    }
    let columns = (0..<width).map { window($0, self.width, width) }
    var result = [UInt8](repeating: 0, count: width * height)
    var line = [UInt8](repeating: 0, count: self.width)
    for y in 0..<height {
      let rows = window(y, self.height, height)
      line.withUnsafeMutableBufferPointer { line in
        coverage.withUnsafeBufferPointer { coverage in
          line.update(repeating: 0)
          for row in rows {
            for x in line.indices { line[x] = max(line[x], coverage[row * self.width + x]) }
          }
        }
        for x in 0..<width {
          var highest: UInt8 = 0
          for column in columns[x] { highest = max(highest, line[column]) }
          result[y * width + x] = highest
        }
      }
    }
    return Mask(unchecked: result, width: width, height: height)
  }
}
