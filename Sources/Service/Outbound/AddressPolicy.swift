package import Sockets

/// Which addresses a request that callers aimed may go to: those of the public internet, and what
/// the operator adds.
package struct AddressPolicy: Sendable, Equatable {
  /// Ranges that are allowed whatever they are.
  package var allowed: [NetworkRange]

  package init(allowed: [NetworkRange] = []) {
    self.allowed = allowed
  }

  /// What stands against an address, as what it is; `nil` for one that is fine.
  package func refusal(of address: SocketAddress) -> String? {
    guard !allowed.contains(where: { $0.contains(address) }) else { return nil }
    if address.isIPv4 { return SpecialRanges.ipv4.first { $0.range.contains(address) }?.what }
    if let embedded = SpecialRanges.translated(address) {
      // Networks without IPv4 reach public IPv4 hosts so; the rest of IPv4 must not come in by it.
      let reason = SpecialRanges.ipv4.first { $0.range.contains(embedded) }?.what
      return reason.map { "a translation of an address that is \($0)" }
    }
    if let special = SpecialRanges.ipv6.first(where: { $0.range.contains(address) }) {
      return special.what
    }
    return SpecialRanges.isGlobalUnicast(address) ? nil : "not of the public internet"
  }
}
