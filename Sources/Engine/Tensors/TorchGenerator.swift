import Glibc

/// Random numbers as torch's CPU generator draws them, so that a seed gives the noise of the
/// reference pipeline.
///
/// Source: the Mersenne Twister MT19937 (Matsumoto and Nishimura, 1998) and
/// the published behaviour of `torch.randn`, checked against golden files.
package struct TorchGenerator: Sendable {
  private var twister: MersenneTwister
  /// The scalar path draws pairs; the second value waits here for the next scalar draw.
  private var spare: Double?

  /// Only the low 32 bits of the seed count.
  package init(seed: UInt64) {
    twister = MersenneTwister(seed: UInt32(truncatingIfNeeded: seed))
  }

  /// Everything that decides what is drawn next, to be kept in a file.
  package struct State: Sendable, Equatable {
    /// The twister's 624 words.
    package var words: [UInt32]
    /// How many of them are used up, 624 at most.
    package var position: Int
    /// The second value of a pair that waits for the next scalar draw.
    package var spare: Double?

    package init(words: [UInt32], position: Int, spare: Double?) {
      self.words = words
      self.position = position
      self.spare = spare
    }
  }

  package var state: State {
    State(words: twister.state, position: twister.position, spare: spare)
  }

  /// Goes on where a generator was; nil for a state that none can have.
  package init?(state: State) {
    guard state.words.count == 624, (0...624).contains(state.position) else { return nil }
    twister = MersenneTwister(state: state.words, position: state.position)
    spare = state.spare
  }

  /// Uniform values in 0 ..< 1 with 24 bits each (`torch.rand`).
  package mutating func uniform(count: Int) -> [Float] {
    (0..<count).map { _ in nextUniform() }
  }

  /// Standard normal values (`torch.randn`), drawn in the order of `shape`; for pictures that is
  /// `[batch, channels, height, width]` (see `nchwToNHWC`).
  package mutating func normal(shape: Shape) -> Tensor {
    let count = shape.count
    guard count >= 16 else {
      let values = (0..<count).map { _ in Float(nextScalarNormal()) }
      return Tensor(values, shape: shape)
    }
    var generator = self
    let result = Tensor(shape: shape) { generator.fillNormal($0) }
    self = generator
    return result
  }

  /// All uniforms first, then blocks of 16 in place; a ragged end redraws its last 16 values.
  private mutating func fillNormal(_ target: UnsafeMutableBufferPointer<Float>) {
    let count = target.count
    for i in 0..<count { target[i] = nextUniform() }
    for start in stride(from: 0, through: count - 16, by: 16) { Self.boxMuller(target, start) }
    guard count % 16 != 0 else { return }
    for i in count - 16..<count { target[i] = nextUniform() }
    Self.boxMuller(target, count - 16)
  }

  /// Box-Muller on pairs j and j + 8 of a block of 16; `1 - u` keeps the logarithm finite.
  private static func boxMuller(_ values: UnsafeMutableBufferPointer<Float>, _ start: Int) {
    for j in start..<start + 8 {
      let radius = (-2 * logf(1 - values[j])).squareRoot()
      let angle = 2 * Float.pi * values[j + 8]
      values[j] = radius * cosf(angle)
      values[j + 8] = radius * sinf(angle)
    }
  }

  private mutating func nextUniform() -> Float {
    Float(twister.next() & 0xff_ffff) * 0x1p-24
  }

  private mutating func nextDouble() -> Double {
    let high = UInt64(twister.next())
    let low = UInt64(twister.next())
    return Double((high << 32 | low) & (1 << 53 - 1)) * 0x1p-53
  }

  private mutating func nextScalarNormal() -> Double {
    if let value = spare {
      spare = nil
      return value
    }
    let angle = 2 * Double.pi * nextDouble()
    let radius = (-2 * log1p(-nextDouble())).squareRoot()
    spare = radius * sin(angle)
    return radius * cos(angle)
  }
}

/// MT19937 with 32-bit output.
private struct MersenneTwister: Sendable {
  private(set) var state: [UInt32]
  private(set) var position = 624

  init(state: [UInt32], position: Int) {
    self.state = state
    self.position = position
  }

  init(seed: UInt32) {
    state = [seed]
    state.reserveCapacity(624)
    for i in 1..<624 {
      let last = state[i - 1]
      state.append(1_812_433_253 &* (last ^ last >> 30) &+ UInt32(i))
    }
  }

  mutating func next() -> UInt32 {
    if position == 624 { refill() }
    var y = state[position]
    position += 1
    y ^= y >> 11
    y ^= y << 7 & 0x9d2c_5680
    y ^= y << 15 & 0xefc6_0000
    return y ^ y >> 18
  }

  private mutating func refill() {
    for i in 0..<624 {
      let mixed = state[i] & 0x8000_0000 | state[(i + 1) % 624] & 0x7fff_ffff
      state[i] = state[(i + 397) % 624] ^ mixed >> 1 ^ (mixed & 1 == 0 ? 0 : 0x9908_b0df)
    }
    position = 0
  }
}
