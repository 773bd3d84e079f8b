/// Bytes in, an answer's head out: a state of its own for every answer, without any I/O.
///
/// Interim answers (RFC 9110, section 15.2) are passed over.
package struct ResponseReader: Sendable {
  /// Of one head, in bytes.
  package static let longestHead = 16 << 10
  /// Interim answers before the one that counts.
  private static let mostInterim = 8

  private var pending: [UInt8] = []
  private var interim = 0
  /// Bytes of `pending` at which no end begins.
  private var scanned = 0

  package init() {}

  /// Bytes after the head, which belong to the content.
  package private(set) var surplus = 0

  /// The head once it is whole; to be called no more after that.
  package mutating func feed(_ bytes: some Sequence<UInt8>) throws(OutboundError) -> ResponseHead? {
    pending += bytes
    while let end = findEnd() {
      guard end <= Self.longestHead else { throw Self.tooLong }
      let head = try ResponseHead(pending[..<end])
      pending.removeFirst(end + 4)
      scanned = 0
      guard (100...199).contains(head.status) else {
        surplus = pending.count
        return head
      }
      interim += 1
      guard head.status != 101 else { throw .malformed("it switches protocols") }
      guard interim <= Self.mostInterim else { throw .malformed("only interim answers") }
    }
    guard pending.count <= Self.longestHead else { throw Self.tooLong }
    return nil
  }

  private static let tooLong = OutboundError.tooLarge("a head of more than \(longestHead) bytes")

  /// Where the empty line begins that ends a head.
  private mutating func findEnd() -> Int? {
    while scanned + 4 <= pending.count {
      if pending[scanned..<(scanned + 4)].elementsEqual([0x0d, 0x0a, 0x0d, 0x0a]) {
        return scanned
      }
      scanned += 1
    }
    return nil
  }
}
