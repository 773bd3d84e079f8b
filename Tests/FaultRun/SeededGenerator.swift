/// SplitMix64 (Steele, Lea, Flood 2014): what happens when follows from the seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  /// - Parameter stream: tells generators of one seed apart.
  init(seed: UInt64, stream: Int) {
    state =
      seed &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(bitPattern: Int64(stream)) &* 0xd1b5_4a32_d192_ed03
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }

  mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &self) < share }
}
