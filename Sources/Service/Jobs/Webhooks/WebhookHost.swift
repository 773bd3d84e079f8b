/// The host of a webhook's URL: a name of the DNS, or an address in its one usual form.
///
/// Other spellings of an IPv4 address (`0x7f.1`, `2130706433`, `0177.0.0.1`) are refused: some
/// readers take them for addresses and some for names.
enum WebhookHost {
  static func read(_ text: Substring) throws(WebhookURL.Fault) -> String {
    if text.hasPrefix("[") { return try address(text) }
    let name = text.lowercased()
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    guard !name.isEmpty, name.utf8.count <= 253, labels.allSatisfy(isLabel) else {
      throw WebhookURL.hostFault(text)
    }
    if labels.last.map(isNumber) == true {
      guard isDottedDecimal(labels) else {
        throw WebhookURL.Fault(
          description: "must have its IPv4 address as four decimal numbers such as 192.0.2.1")
      }
    }
    return name
  }

  private static func address(_ text: Substring) throws(WebhookURL.Fault) -> String {
    let inner = text.dropFirst().dropLast()
    let isFine = inner.utf8.allSatisfy {
      isHex($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
    }
    guard text.hasSuffix("]"), isFine, inner.contains(":"), inner.utf8.count <= 45 else {
      throw WebhookURL.hostFault(text)
    }
    return inner.lowercased()
  }

  /// RFC 1123, section 2.1; underscores stand in no host name.
  private static func isLabel(_ label: Substring) -> Bool {
    let bytes = label.utf8
    return (1...63).contains(bytes.count)
      && bytes.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
      && bytes.first != UInt8(ascii: "-") && bytes.last != UInt8(ascii: "-")
  }

  /// What a lenient reader takes for a number: decimal, octal or hexadecimal.
  private static func isNumber(_ label: Substring) -> Bool {
    let digits = label.hasPrefix("0x") ? label.dropFirst(2) : label
    return label.utf8.allSatisfy(isDigit)
      || (label.hasPrefix("0x") && digits.utf8.allSatisfy(isHex))
  }

  private static func isDottedDecimal(_ labels: [Substring]) -> Bool {
    labels.count == 4
      && labels.allSatisfy { label in
        label.utf8.allSatisfy(isDigit) && UInt8(label) != nil
          && (label == "0" || !label.hasPrefix("0"))
      }
  }

  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  static func isHex(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
  }

  static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
  }
}
