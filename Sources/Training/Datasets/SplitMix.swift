/// A small generator of random numbers whose streams are the same on every machine.
///
/// Source: Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators".
package struct SplitMix: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A generator of its own for one thing among many: the same parent and number give the same
  /// stream, whatever was drawn before and in whatever order things are made.
  package func stream(_ number: Int) -> SplitMix {
    var mixer = SplitMix(seed: state ^ (UInt64(bitPattern: Int64(number)) &* 0xd134_2543_de82_ef95))
    return SplitMix(seed: mixer.next())
  }

  /// Uniform in 0 ..< 1, with 53 bits.
  package mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// Uniform in the range, its upper bound excluded.
  package mutating func uniform(_ range: Range<Double>) -> Double {
    range.lowerBound + uniform() * (range.upperBound - range.lowerBound)
  }
}
