extension SplitMix {
  /// Uniform in the range.
  mutating func float(_ range: ClosedRange<Float>) -> Float {
    range.lowerBound + Float(next() >> 40) * 0x1p-24 * (range.upperBound - range.lowerBound)
  }

  /// Uniform in 0 ..< count; 0 where count is not positive.
  package mutating func index(_ count: Int) -> Int {
    count <= 0 ? 0 : Int(next().multipliedFullWidth(by: UInt64(count)).high)
  }

  mutating func integer(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + index(range.count)
  }

  package mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

  /// One of the elements, all alike; nil for none.
  package mutating func element<Element>(of list: [Element]) -> Element? {
    list.isEmpty ? nil : list[index(list.count)]
  }

  /// A place in the list, each as probable as its weight says.
  mutating func choice(weights: [Double]) -> Int {
    var rest = uniform() * weights.reduce(0, +)
    for (place, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return place }
    }
    return max(0, weights.count - 1)
  }

  /// A colour near another one, brightness and hue a little off.
  mutating func near(_ colour: RGB, by amount: Float) -> RGB {
    let level = 1 + float(-amount...amount)
    let tint = RGB(
      float(-amount...amount), float(-amount...amount), float(-amount...amount))
    return (colour * (level + tint * 0.35)).clamped(lowerBound: .zero, upperBound: .one)
  }
}
