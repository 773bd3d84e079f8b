package import Sockets

/// The hops that proxies say a request took (RFC 7239), or what stood in for that before.
///
/// Anybody can send these fields: they mean nothing unless a proxy that is trusted sent them.
package struct ForwardedPath: Sendable, Hashable {
  package enum Hop: Sendable, Hashable {
    case address(SocketAddress)
    /// `unknown`, an obfuscated name, or nothing that can be read.
    case hidden
  }

  /// From the client to the proxy that sent the request.
  package let hops: [Hop]

  /// From the values of `Forwarded` (RFC 7239, section 4), line after line.
  ///
  /// A line that cannot be read whole counts as one hidden hop: whoever appended to it said nothing
  /// that can be relied on.
  package init(forwarded lines: [String]) {
    hops = lines.flatMap { Self.hops(inForwarded: Array($0.utf8)) ?? [.hidden] }
  }

  /// From the values of `X-Forwarded-For`: addresses with commas between.
  package init(xForwardedFor lines: [String]) {
    hops = lines.flatMap { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map { item in
        let text = item.trimmedBlanks
        return SocketAddress(numeric: text).map(Hop.address) ?? Self.node(text)
      }
    }
  }

  // MARK: Elements

  private static func hops(inForwarded line: [UInt8]) -> [Hop]? {
    var reader = ForwardedReader(line)
    var hops: [Hop] = []
    repeat {
      guard let pairs = reader.element() else { return nil }
      // An empty element is allowed and says nothing (RFC 9110, section 5.6.1).
      guard !pairs.isEmpty else { continue }
      let names = pairs.map { $0.name.lowercased() }
      guard Set(names).count == names.count else { return nil }
      let node = names.firstIndex(of: "for").map { pairs[$0].value }
      hops.append(node.map(Self.node) ?? .hidden)
    } while reader.comma()
    return reader.isAtEnd ? hops : nil
  }

  /// `192.0.2.43`, `192.0.2.43:47011`, `[2001:db8::1]`, `[2001:db8::1]:80`, `unknown`, `_hidden`
  /// (section 6); IPv6 stands in brackets.
  private static func node(_ text: String) -> Hop {
    let name: Substring
    let rest: Substring
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { return .hidden }
      name = text[text.index(after: text.startIndex)..<end]
      rest = text[text.index(after: end)...]
      guard name.contains(":") else { return .hidden }
    } else {
      let end = text.firstIndex(of: ":") ?? text.endIndex
      (name, rest) = (text[..<end], text[end...])
    }
    guard isPort(rest), let address = SocketAddress(numeric: String(name)) else { return .hidden }
    return .address(address)
  }

  /// Nothing, or a colon and a port, which may be obfuscated too.
  private static func isPort(_ text: Substring) -> Bool {
    guard let colon = text.first else { return true }
    let port = text.dropFirst()
    guard colon == ":", !port.isEmpty else { return false }
    return port.utf8.allSatisfy(ASCII.isDigit)
      ? port.utf8.count <= 5
      : port.first == "_" && port.utf8.allSatisfy { ASCII.token[Int($0)] }
  }
}

/// Reads elements of `Forwarded`: `token=value` pairs with semicolons between.
private struct ForwardedReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { position == bytes.count }

  /// The pairs up to a comma or the end; nil where the grammar is broken.
  mutating func element() -> [(name: String, value: String)]? {
    var pairs: [(name: String, value: String)] = []
    skipBlanks()
    while !isAtEnd, bytes[position] != UInt8(ascii: ",") {
      guard let name = token(), take(UInt8(ascii: "=")), let value = token() ?? quoted() else {
        return nil
      }
      pairs.append((name, value))
      skipBlanks()
      guard take(UInt8(ascii: ";")) else { break }
      skipBlanks()
    }
    return pairs
  }

  mutating func comma() -> Bool { take(UInt8(ascii: ",")) }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipBlanks() {
    while position < bytes.count, ASCII.isBlank(bytes[position]) { position += 1 }
  }

  private mutating func token() -> String? {
    let start = position
    while position < bytes.count, ASCII.token[Int(bytes[position])] { position += 1 }
    return position > start ? String(decoding: bytes[start..<position], as: UTF8.self) : nil
  }

  /// A quoted string (RFC 9110, section 5.6.4), without its quotes and escapes.
  private mutating func quoted() -> String? {
    guard take(UInt8(ascii: "\"")) else { return nil }
    var text: [UInt8] = []
    while position < bytes.count {
      if take(UInt8(ascii: "\"")) { return String(decoding: text, as: UTF8.self) }
      if bytes[position] == UInt8(ascii: "\\") { position += 1 }
      guard position < bytes.count else { return nil }
      text.append(bytes[position])
      position += 1
    }
    return nil
  }
}
