package import Access
import HTTP
import HTTPTypes
import Sockets

/// Who may use the service at all.
package enum AccessPolicy: Sendable {
  /// Whoever shows a key.
  case keys(KeyRing)
  /// Whoever is on this machine, and comes by a name of this machine or of the public URL.
  case thisMachine(publicURL: String?)
  case everybody
}

/// Keeps other sites' pages out where no key does so.
///
/// A browser on this machine reaches loopback addresses for every page that it shows: a page can send
/// a form there (cross-site request forgery), or give its own name a loopback address and read the
/// answers too (DNS rebinding). Both show in what the browser itself writes: Origin and Host.
struct SiteCheck {
  private let publicHost: String?

  init(publicURL: String?) {
    publicHost = publicURL.flatMap(Self.host(ofURL:))
  }

  /// Throws `foreignSite`.
  func check(_ request: Request) throws(AccessDenial) {
    let host = request.head.target.authority ?? request.fields[.hostField]
    if let host, !isOwn(Self.name(host)) { throw .foreignSite("Host", host) }
    guard request.method != .get, request.method != .head,
      let origin = request.fields[.origin]
    else { return }
    guard let host = Self.host(ofURL: origin), isOwn(host) else {
      throw .foreignSite("Origin", origin)
    }
  }

  private func isOwn(_ host: String) -> Bool {
    if let publicHost, host.equalsIgnoringCase(publicHost) { return true }
    return host.equalsIgnoringCase("localhost")
      || SocketAddress(numeric: host)?.isLoopback == true
  }

  /// The host of `scheme://host:port/path`, without port and brackets.
  private static func host(ofURL url: String) -> String? {
    guard let scheme = url.firstRange(of: "://") else { return nil }
    return name(String(url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }))
  }

  /// An authority without port and brackets.
  private static func name(_ authority: String) -> String {
    guard authority.hasPrefix("[") else { return String(authority.prefix { $0 != ":" }) }
    return String(authority.dropFirst().prefix { $0 != "]" })
  }
}
