/// Why a request that this process sent has no answer; for its operator.
package enum OutboundError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The name has no address, or its look-up took too long.
  case unresolved(String)
  /// An address that requests must not go to.
  case refused(address: String, reason: String)
  case unreachable(String)
  case insecure(String)
  case timedOut(String)
  /// The connection ended before the answer did.
  case cutOff
  case malformed(String)
  case tooLarge(String)

  package var description: String {
    switch self {
    case .unresolved(let reason): "the host cannot be resolved: \(reason)"
    case .refused(let address, let reason):
      "the host's address \(address) is \(reason), which no request goes to; "
        + "webhook_allowed_networks makes exceptions"
    case .unreachable(let reason): "no connection: \(reason)"
    case .insecure(let reason): "TLS: \(reason)"
    case .timedOut(let what): "no \(what) in time"
    case .cutOff: "the connection ended before the answer did"
    case .malformed(let what): "the answer is not HTTP/1.1: \(what)"
    case .tooLarge(let what): "the answer is too large: \(what)"
    }
  }
}
