/// Noise with a spectrum that falls by octaves, tileable, of mean 0 and deviation 1.
///
/// Each octave is a lattice of random numbers under a cubic B-spline.
enum SmoothNoise {
  /// - Parameters:
  ///   - cells: lattice cells across and down the field, of the first octave; doubled each octave.
  ///   - gain: amplitude of an octave relative to the one before.
  /// - Returns: `[height, width]`.
  static func field(
    width: Int, height: Int, cells: (across: Int, down: Int), octaves: Int, gain: Float,
    random: SplitMix
  ) -> [Float] {
    var field = [Float](repeating: 0, count: width * height)
    var amplitude: Float = 1
    var energy: Float = 0
    for octave in 0..<octaves {
      let (across, down) = (cells.across << octave, cells.down << octave)
      guard octave == 0 || (across <= width && down <= height) else { break }
      add(
        width: width, height: height, across: across, down: down,
        amplitude: amplitude * 3.61, random.stream(octave), to: &field)
      energy += amplitude * amplitude
      amplitude *= gain
    }
    let scale = 1 / energy.squareRoot()
    for index in field.indices { field[index] *= scale }
    return field
  }

  /// The same along a line.
  static func line(
    _ count: Int, cells: Int, octaves: Int, gain: Float, random: SplitMix
  ) -> [Float] {
    var line = [Float](repeating: 0, count: count)
    var amplitude: Float = 1
    for octave in 0..<octaves where cells << octave <= count {
      var source = random.stream(octave)
      let lattice = (0..<cells << octave).map { _ in source.float(-1...1) }
      let taps = SplineTaps(count: count, cells: cells << octave)
      for x in line.indices { line[x] += amplitude * taps.interpolated(lattice, x) * 2.5 }
      amplitude *= gain
    }
    return line
  }

  private static func add(
    width: Int, height: Int, across: Int, down: Int, amplitude: Float, _ source: SplitMix,
    to field: inout [Float]
  ) {
    var random = source
    let lattice = (0..<across * down).map { _ in random.float(-1...1) }
    let columns = SplineTaps(count: width, cells: across)
    let rows = SplineTaps(count: height, cells: down)
    // [down, width]: the lattice interpolated along its rows.
    var lines = [Float](repeating: 0, count: down * width)
    lattice.withUnsafeBufferPointer { lattice in
      lines.withUnsafeMutableBufferPointer { lines in
        for row in 0..<down {
          let cells = UnsafeBufferPointer(rebasing: lattice[row * across..<(row + 1) * across])
          for x in 0..<width { lines[row * width + x] = columns.interpolated(cells, x) }
        }
      }
    }
    lines.withUnsafeBufferPointer { lines in
      field.withUnsafeMutableBufferPointer { field in
        for y in 0..<height {
          let (w, at) = (rows.weights[y] * amplitude, rows.places[y] &* Int32(width))
          let (a, b, c, d) = (Int(at.x), Int(at.y), Int(at.z), Int(at.w))
          for x in 0..<width {
            let first = w.x * lines[a + x] + w.y * lines[b + x]
            field[y * width + x] += first + (w.z * lines[c + x] + w.w * lines[d + x])
          }
        }
      }
    }
  }
}

/// Where the samples of one axis lie among the cells of a lattice that wraps around.
private struct SplineTaps {
  /// Per sample four lattice places and their weights.
  let places: [SIMD4<Int32>]
  let weights: [SIMD4<Float>]

  init(count: Int, cells: Int) {
    let step = Float(cells) / Float(count)
    let positions = (0..<count).map { Float($0) * step }
    places = positions.map { position in
      let first = Int(position) + cells
      return SIMD4(
        Int32((first - 1) % cells), Int32(first % cells), Int32((first + 1) % cells),
        Int32((first + 2) % cells))
    }
    weights = positions.map { position in
      let t = position - Float(Int(position))
      let s = 1 - t
      return SIMD4(
        s * s * s / 6, (4 - 6 * t * t + 3 * t * t * t) / 6, (4 - 6 * s * s + 3 * s * s * s) / 6,
        t * t * t / 6)
    }
  }

  @inline(__always)
  func interpolated(_ lattice: some RandomAccessCollection<Float>, _ x: Int) -> Float {
    let (at, w) = (places[x], weights[x])
    let start = lattice.startIndex
    func value(_ place: Int32) -> Float { lattice[lattice.index(start, offsetBy: Int(place))] }
    return w.x * value(at.x) + w.y * value(at.y) + (w.z * value(at.z) + w.w * value(at.w))
  }
}
