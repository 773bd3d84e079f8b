/// How many connections a listener carries.
package struct ConnectionLimits: Sendable {
  package var total: Int
  package var perAddress: Int
  /// Proxies, behind which many clients share an address: only `total` holds for them.
  package var unlimited: [NetworkRange]

  package init(total: Int = 4096, perAddress: Int = 256, unlimited: [NetworkRange] = []) {
    self.total = total
    self.perAddress = perAddress
    self.unlimited = unlimited
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
    let mayMore = count < limits.perAddress || limits.unlimited.contains { $0.contains(address) }
    guard !isFull, mayMore else { return false }
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
