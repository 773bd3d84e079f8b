import CPlatform

/// The addresses of a name, as the system's resolver finds them.
package enum HostLookup {
  /// Addresses beyond these are left out.
  private static let most = 16

  /// Every address, in the order in which they should be tried (RFC 6724).
  ///
  /// Blocks for as long as the resolver takes: seconds, or minutes where its servers are silent.
  package static func addresses(
    of host: String, port: UInt16
  ) throws(OutgoingError) -> [SocketAddress] {
    // A zero byte would end the name early for C.
    guard !host.utf8.contains(0) else { throw .unknownHost(reason: "not a name") }
    var found = [platform_address](repeating: platform_address(), count: most)
    let count = platform_resolve_all(host, &found, Int32(most))
    guard count >= 0 else {
      throw .unknownHost(reason: String(cString: platform_resolve_error(count)))
    }
    return found.prefix(Int(count)).map { address in
      var address = address
      address.port = port
      return SocketAddress(address)
    }
  }
}
