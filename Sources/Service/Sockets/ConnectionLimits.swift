/// How many connections a listener carries.
package struct ConnectionLimits: Sendable {
  package var total: Int
  package var perAddress: Int

  package init(total: Int = 4096, perAddress: Int = 256) {
    self.total = total
    self.perAddress = perAddress
  }
}

/// Counts open connections against the limits.
package struct ConnectionCounter {
  private let limits: ConnectionLimits
  package private(set) var total = 0
  private var perAddress: [SocketAddress.LimitKey: Int] = [:]

  package init(limits: ConnectionLimits) {
    self.limits = limits
  }

  package var isFull: Bool { total >= limits.total }

  /// Counts one more connection, unless its address has all it may have.
  package mutating func admit(_ address: SocketAddress) -> Bool {
    let count = perAddress[address.limitKey, default: 0]
    guard !isFull, count < limits.perAddress else { return false }
    perAddress[address.limitKey] = count + 1
    total += 1
    return true
  }

  package mutating func release(_ address: SocketAddress) {
    guard let count = perAddress[address.limitKey] else { return }
    perAddress[address.limitKey] = count > 1 ? count - 1 : nil
    total -= 1
  }
}
