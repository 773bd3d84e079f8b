package import Sockets

/// Without keys everybody who reaches the port may edit: then it must be this machine alone.
package enum BindPolicy {
  package struct Refusal: Error, CustomStringConvertible {
    package let address: SocketAddress

    package var description: String {
      "no key is configured, and \(address) can be reached from other machines: listen on"
        + " 127.0.0.1 or ::1, configure keys, or say --insecure-no-auth"
    }
  }

  /// Throws for the first address that may not be listened on.
  package static func check(
    _ addresses: [SocketAddress], hasKeys: Bool, insecureNoAuth: Bool
  ) throws(Refusal) {
    guard !hasKeys, !insecureNoAuth else { return }
    for address in addresses where !address.isLoopback { throw Refusal(address: address) }
  }
}
