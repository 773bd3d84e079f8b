package import SystemPackage

/// What can go wrong before the first connection; each case says what to do.
package enum SocketError: Error, Equatable {
  case unknownHost(String, reason: String)
  case cannotListen(SocketAddress, Errno)
}

extension SocketError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownHost(let host, let reason):
      "cannot resolve the host \"\(host)\" (\(reason)): give an address such as 127.0.0.1 or ::1"
    case .cannotListen(let address, .addressInUse):
      "\(address) is in use: stop the process that listens there, or choose another port"
    case .cannotListen(let address, .permissionDenied):
      "not allowed to listen on \(address): choose a port of 1024 or above"
    case .cannotListen(let address, let errno):
      "cannot listen on \(address): \(errno)"
    }
  }
}
