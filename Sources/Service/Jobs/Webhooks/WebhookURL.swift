/// Where a webhook goes: an absolute `https` or `http` URL (RFC 3986), read strictly, so that all
/// who look at it see the same host.
package struct WebhookURL: Sendable, Hashable, CustomStringConvertible {
  package enum Scheme: String, Sendable, Hashable {
    case https
    case http

    package var defaultPort: UInt16 { self == .https ? 443 : 80 }
  }

  /// Why a text is no such URL, and what would be; for its caller.
  package struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String
  }

  /// Bytes of the whole text.
  package static let longest = 2048

  /// As it was given.
  package let text: String
  package let scheme: Scheme
  /// In lower case, an IPv6 address without its brackets.
  package let host: String
  package let port: UInt16
  /// Path and query, as a request line carries them.
  package let target: String

  package var description: String { text }

  /// The `Host` field: with the port where it is not the scheme's own.
  package var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == scheme.defaultPort ? name : "\(name):\(port)"
  }

  package init(_ text: String) throws(Fault) {
    guard text.utf8.count <= Self.longest else {
      throw Fault(description: "may take at most \(Self.longest) bytes; shorten it")
    }
    guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      throw Fault(
        description: "must be visible ASCII: percent-encode the path, and write the host in its "
          + "xn-- form")
    }
    guard !text.contains("#") else {
      throw Fault(description: "must not have a fragment (#…), which is never sent; leave it out")
    }
    let (scheme, rest) = try Self.scheme(text[...])
    let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    (host, port) = try Self.authority(rest[..<end], scheme)
    target = try Self.target(rest[end...])
    self.scheme = scheme
    self.text = text
  }

  private static func scheme(_ text: Substring) throws(Fault) -> (Scheme, Substring) {
    for scheme in [Scheme.https, .http] {
      let start = scheme.rawValue + "://"
      if text.prefix(start.count).lowercased() == start {
        return (scheme, text.dropFirst(start.count))
      }
    }
    throw Fault(description: "must be a URL such as https://example.org/hook")
  }

  private static func authority(
    _ text: Substring, _ scheme: Scheme
  ) throws(Fault) -> (host: String, port: UInt16) {
    guard !text.contains("@") else {
      throw Fault(
        description: "must not carry a user or password; put what the receiver shall check into "
          + "the query, or let it verify the signature")
    }
    var host = text
    var port: Substring?
    if text.hasPrefix("[") {
      guard let close = text.firstIndex(of: "]") else { throw hostFault(text) }
      host = text[...close]
      let tail = text[text.index(after: close)...]
      guard tail.isEmpty || tail.hasPrefix(":") else { throw hostFault(text) }
      if !tail.isEmpty { port = tail.dropFirst() }
    } else if let colon = text.firstIndex(of: ":") {
      (host, port) = (text[..<colon], text[text.index(after: colon)...])
    }
    return (try WebhookHost.read(host), try Self.port(port, scheme))
  }

  static func hostFault(_ text: Substring) -> Fault {
    Fault(description: "names no host: '\(text.prefix(80))' is neither a name nor an address")
  }

  private static func port(_ text: Substring?, _ scheme: Scheme) throws(Fault) -> UInt16 {
    guard let text else { return scheme.defaultPort }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), text.first != "0",
      let port = UInt16(text)
    else { throw Fault(description: "must have a port from 1 to 65535, or none") }
    return port
  }

  /// RFC 3986, sections 3.3 and 3.4: `pchar`, `/`, `?`.
  private static func target(_ text: Substring) throws(Fault) -> String {
    let allowed = Set("-._~!$&'()*+,;=:@/?%".utf8)
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      let isFine = WebhookHost.isAlphanumeric(byte) || allowed.contains(byte)
      guard isFine else {
        let character = Character(UnicodeScalar(byte))
        throw Fault(description: "must have '\(character)' percent-encoded")
      }
      if byte == UInt8(ascii: "%") {
        guard rest.prefix(2).count == 2, rest.prefix(2).allSatisfy(WebhookHost.isHex) else {
          throw Fault(description: "has a % that no two hexadecimal digits follow")
        }
      }
    }
    return text.hasPrefix("/") ? String(text) : "/" + text
  }
}

extension WebhookURL: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      try self.init(container.decode(String.self))
    } catch let fault as Fault {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: fault.description)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
