import Foundation
import Jobs

/// The address of a webhook, which a second reader must understand alike: what is vetted is what is
/// connected to.
final class WebhookTarget: FuzzTarget {
  static let name = "webhook"
  static let sources = ["WebhookURL", "WebhookHost"].map { "Service/Jobs/Webhooks/\($0).swift" }

  init() {}

  func read(_ input: [UInt8]) -> FuzzVerdict {
    do {
      let url = try WebhookURL(String(decoding: input, as: UTF8.self))
      return try Self.fault(of: url).map(FuzzVerdict.wrong) ?? .accepted
    } catch {
      return .refused("\(error)")
    }
  }

  private static func fault(of url: WebhookURL) throws -> String? {
    // What is no address after all is refused when it is looked up.
    guard !url.host.contains(":") || isAddress(url.host, AF_INET6) else { return nil }
    guard let other = URLComponents(string: url.text) else { return "no URL to Foundation" }
    guard other.scheme?.lowercased() == url.scheme.rawValue, other.user == nil,
      other.password == nil, other.fragment == nil
    else { return "another scheme, or a user" }
    let brackets = CharacterSet(charactersIn: "[]")
    // As it is written: `host` would decode an xn-- form.
    let host = other.encodedHost?.lowercased().trimmingCharacters(in: brackets)
    guard host == url.host else {
      return "host \(url.host), to Foundation \(host ?? "none")"
    }
    guard (other.port ?? Int(url.scheme.defaultPort)) == Int(url.port) else {
      return "port \(url.port), to Foundation \(String(describing: other.port))"
    }
    guard isUnmistakable(url.host) else { return "the number \(url.host) as a host" }
    guard url.target.utf8.first == UInt8(ascii: "/"),
      url.target.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
    else { return "a target that breaks the request line" }
    return try WebhookURL("\(url.scheme)://\(url.authority)\(url.target)").host == url.host
      ? nil : "another host when written and read again"
  }

  /// Whether a host that ends in a number is an address in its one usual form (`inet_pton`).
  private static func isUnmistakable(_ host: String) -> Bool {
    let last = host.split(separator: ".", omittingEmptySubsequences: false).last ?? ""
    let isNumber = !last.isEmpty && last.utf8.allSatisfy { (0x30...0x39).contains($0) }
    return !isNumber || host.contains(":") || isAddress(host, AF_INET)
  }

  private static func isAddress(_ text: String, _ family: Int32) -> Bool {
    var address = [UInt8](repeating: 0, count: 16)
    return inet_pton(family, text, &address) == 1
  }
}
