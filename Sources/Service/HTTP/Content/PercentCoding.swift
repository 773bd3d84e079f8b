/// Percent-encoding (RFC 3986 section 2.1), strictly: a `%` has two hexadecimal digits after it,
/// and what comes out is UTF-8 without NUL.
package enum PercentCoding {
  package static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
    var bytes: [UInt8] = []
    var iterator = text.utf8.makeIterator()
    while let byte = iterator.next() {
      switch byte {
      case 0x25:
        guard let high = iterator.next().flatMap(ASCII.hexValue),
          let low = iterator.next().flatMap(ASCII.hexValue)
        else { return nil }
        bytes.append(high << 4 | low)
      case 0x2b where plusIsSpace: bytes.append(ASCII.space)
      default: bytes.append(byte)
      }
    }
    guard !bytes.contains(0) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  /// Encodes everything but unreserved characters.
  package static func encode(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      let scalar = Unicode.Scalar(byte)
      if byte < 0x80,
        scalar.properties.isAlphabetic || ASCII.isDigit(byte)
          || "-._~".unicodeScalars
            .contains(scalar)
      {
        result.unicodeScalars.append(scalar)
      } else {
        let hex = String(byte, radix: 16, uppercase: true)
        result += hex.count == 1 ? "%0\(hex)" : "%\(hex)"
      }
    }
    return result
  }
}

/// Names and values of a query or an `application/x-www-form-urlencoded` body, in order.
package struct QueryItems: Sendable, Equatable {
  package let items: [(name: String, value: String)]

  /// Throws `HTTPError.malformed`.
  package init(_ query: String?) throws(HTTPError) {
    var items: [(name: String, value: String)] = []
    for pair in (query ?? "").split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = PercentCoding.decode(parts[0], plusIsSpace: true),
        let value = PercentCoding.decode(parts.count > 1 ? parts[1] : "", plusIsSpace: true)
      else { throw .malformed("the query is not percent-encoded UTF-8") }
      items.append((name, value))
    }
    self.items = items
  }

  package subscript(name: String) -> String? { items.first { $0.name == name }?.value }

  package static func == (left: QueryItems, right: QueryItems) -> Bool {
    left.items.elementsEqual(right.items) { $0 == $1 }
  }
}
