import RequestReading

extension ParsedRequests {
  var bodies: [String] {
    items.compactMap {
      if case .body(let bytes) = $0 { String(decoding: bytes, as: UTF8.self) } else { nil }
    }
  }

  var endCount: Int { items.count { if case .end = $0 { true } else { false } } }
}

/// SplitMix64: small, seeded, good enough to mutate with.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Flips, drops, doubles or inserts a few bytes.
  mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &self) where !bytes.isEmpty {
      let index = Int.random(in: 0..<bytes.count, using: &self)
      switch Int.random(in: 0..<5, using: &self) {
      case 0: bytes[index] = UInt8.random(in: 0...255, using: &self)
      case 1: bytes.remove(at: index)
      case 2: bytes.insert(bytes[index], at: index)
      case 3:
        bytes.insert(Array("\r\n: ;-,\0\u{1}0".utf8).randomElement(using: &self) ?? 0, at: index)
      default:
        let other = Int.random(in: 0..<bytes.count, using: &self)
        bytes.swapAt(index, other)
      }
    }
    return bytes
  }
}
