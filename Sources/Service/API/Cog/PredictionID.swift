import Jobs

/// A prediction's name that its client chose: 1 to 128 of the letters, digits, `-`, `.`, `_` and `~`
/// that stand in a path as they are (RFC 3986, section 2.3).
package struct PredictionID: Sendable, Hashable {
  static let lengths = 1...128
  static let rule =
    "must be 1 to 128 letters, digits, -, ., _ or ~, not . or .. alone, and not a name that this "
    + "service gives (edit_…)"

  package let text: String

  package init?(_ text: String) {
    guard Self.lengths.contains(text.utf8.count), text.utf8.allSatisfy(Self.isUnreserved),
      text != ".", text != "..", JobID(text) == nil
    else { return nil }
    self.text = text
  }

  /// What makes a prediction of this name the only one of its caller's.
  var key: IdempotencyKey? { IdempotencyKey("prediction:" + text) }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      true
    default: false
    }
  }
}
