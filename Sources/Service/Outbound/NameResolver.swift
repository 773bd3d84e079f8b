import Dispatch
import Locks
package import Sockets

/// Looks names up within a deadline that the system's resolver does not have.
///
/// A look-up that takes longer is left to itself; no more than a few run at one time.
package final class NameResolver: Sendable {
  package typealias Lookup =
    @Sendable (_ host: String, _ port: UInt16) throws(OutgoingError) -> [SocketAddress]

  private let lookup: Lookup
  private let limit: Int
  private let running = Lock(0)
  private let queue = DispatchQueue(label: "byteedit.resolver", attributes: .concurrent)

  package init(
    limit: Int = 16,
    lookup: @escaping Lookup = { host, port throws(OutgoingError) in
      try HostLookup.addresses(of: host, port: port)
    }
  ) {
    self.limit = limit
    self.lookup = lookup
  }

  /// Every address of a name, or the one that is written out; blocks.
  package func addresses(
    of host: String, port: UInt16, deadline: ContinuousClock.Instant
  ) throws(OutboundError) -> [SocketAddress] {
    if let address = SocketAddress(numeric: host, port: port) { return [address] }
    guard !host.contains(":") else { throw .unresolved("\(host) is no IPv6 address") }
    let hasRoom = running.withLock { running in
      guard running < limit else { return false }
      running += 1
      return true
    }
    guard hasRoom else { throw .unresolved("too many look-ups are under way") }
    let answer = Lock<Result<[SocketAddress], OutgoingError>?>(nil)
    let done = DispatchSemaphore(value: 0)
    queue.async { [running, lookup] in
      let result = Result { () throws(OutgoingError) in try lookup(host, port) }
      running.withLock { $0 -= 1 }
      answer.withLock { $0 = result }
      done.signal()
    }
    let rest = max(.zero, deadline - .now)
    let milliseconds = Int(rest / .milliseconds(1))
    guard done.wait(timeout: .now() + .milliseconds(milliseconds)) == .success,
      let result = answer.withLock({ $0 })
    else { throw .unresolved("no answer in time") }
    return try Self.checked(result)
  }

  private static func checked(
    _ result: Result<[SocketAddress], OutgoingError>
  ) throws(OutboundError) -> [SocketAddress] {
    switch result {
    case .success(let addresses) where addresses.isEmpty: throw .unresolved("it has no address")
    case .success(let addresses): return addresses
    case .failure(.unknownHost(let reason)): throw .unresolved(reason)
    case .failure(let error): throw .unresolved("\(error)")
    }
  }
}
