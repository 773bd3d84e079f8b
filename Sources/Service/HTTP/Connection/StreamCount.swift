/// Counts what a producer wrote.
actor StreamCount {
  private(set) var total = 0

  func add(_ count: Int, limit: Int?) -> Bool {
    total += count
    return limit.map { total <= $0 } ?? true
  }
}
