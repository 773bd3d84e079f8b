import CPlatform

/// The cores that this process may compute on.
enum AvailableCores {
  /// Those of its affinity (`taskset`, a container's set of processors), and no more than its control
  /// group's share of time, rounded up; at least 1.
  static let count = count(affinity: affinity, share: ControlGroupLimits(SystemFiles()).processors)

  /// Those that it may run on, whatever its share of their time.
  static var affinity: Int { max(1, Int(platform_cores())) }

  /// - Parameter share: processors' worth of time; `nil` where there is no limit.
  static func count(affinity: Int, share: Double?) -> Int {
    guard let share, share > 0, share < Double(affinity) else { return max(1, affinity) }
    return max(1, Int(share.rounded(.up)))
  }
}
