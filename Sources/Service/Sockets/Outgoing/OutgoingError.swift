package import SystemPackage

/// Why a connection that this process opens, or a name that it looks up, came to nothing.
package enum OutgoingError: Error, Sendable, Equatable {
  case unknownHost(reason: String)
  case timedOut
  case failed(Errno)
}
