extension TimestepSpacing {
  /// Timesteps from noisy to clean, by the rules of the reference.
  ///
  /// - Parameters:
  ///   - steps: how many.
  ///   - training: training timesteps in all.
  ///   - offset: added by `leading`.
  func timesteps(_ steps: Int, of training: Int, offset: Int) -> [Double] {
    switch self {
    case .linspace:
      return Self.linspace(to: Double(training - 1), count: steps)
        .map { $0.rounded(.toNearestOrEven) }.reversed()
    case .leading:
      let ratio = training / steps
      return (0..<steps).reversed().map { Double($0 * ratio + offset) }
    case .trailing:
      return Self.trailing(from: Double(training), ratio: Double(training) / Double(steps), steps)
    }
  }

  /// `count` values from 0 to `end`, spaced as numpy does.
  static func linspace(to end: Double, count: Int) -> [Double] {
    guard count > 1 else { return [0] }
    let step = end / Double(count - 1)
    return (0..<count).map { $0 == count - 1 ? end : Double($0) * step }
  }

  /// Values down from `start` as numpy's `arange` counts them, rounded, less one; the value -1 that
  /// rounding adds for some numbers of steps in the reference is left out.
  static func trailing(from start: Double, ratio: Double, _ steps: Int) -> [Double] {
    let difference = (start - ratio) - start
    return (0..<steps).map { start + Double($0) * difference }.prefix { $0 > 0 }
      .map { $0.rounded(.toNearestOrEven) - 1 }.filter { $0 >= 0 }
  }
}
