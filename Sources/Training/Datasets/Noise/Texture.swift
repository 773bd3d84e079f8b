/// Values over a plane that repeats, to be looked up anywhere.
struct Texture {
  /// A power of two.
  let size: Int
  let values: [Float]

  init(
    size: Int = 128, cells: (across: Int, down: Int), octaves: Int, gain: Float, random: SplitMix
  ) {
    self.size = size
    values = SmoothNoise.field(
      width: size, height: size, cells: cells, octaves: octaves, gain: gain, random: random)
  }

  /// Between four neighbours; `u` and `v` in texels, 0 or more.
  @inline(__always)
  static func sample(
    _ values: UnsafeBufferPointer<Float>, _ size: Int, _ u: Float, _ v: Float
  ) -> Float {
    let (left, top) = (Int(u), Int(v))
    let (x, y) = (u - Float(left), v - Float(top))
    let wrap = size - 1
    let (x0, x1) = (left & wrap, (left + 1) & wrap)
    let (y0, y1) = ((top & wrap) * size, ((top + 1) & wrap) * size)
    let upper = values[y0 + x0] + (values[y0 + x1] - values[y0 + x0]) * x
    let lower = values[y1 + x0] + (values[y1 + x1] - values[y1 + x0]) * x
    return upper + (lower - upper) * y
  }
}
