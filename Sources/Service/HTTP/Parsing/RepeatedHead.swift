import Glibc

/// The head of the request before, so that the same bytes are not read again: balancers, probes and
/// pollers send one request over and over on their connections.
///
/// Only heads without a body are remembered, and none of a connection's first request, after which
/// most connections rest or end.
struct RepeatedHead {
  /// Bytes of a head that are compared at most.
  private static let limit = 1024

  private var bytes: [UInt8] = []
  private var head: RequestHead?
  private var isFirst = true

  /// The head that stands at the beginning of these bytes once more, and how many they are.
  func match(_ buffer: ArraySlice<UInt8>) -> (head: RequestHead, count: Int)? {
    guard let head, buffer.count >= bytes.count else { return nil }
    let isSame = buffer.withUnsafeBytes { buffer in
      bytes.withUnsafeBytes { bytes in
        guard let left = buffer.baseAddress, let right = bytes.baseAddress else { return false }
        return memcmp(left, right, bytes.count) == 0
      }
    }
    return isSame ? (head, bytes.count) : nil
  }

  /// Takes in a head that was read, and the bytes that it was.
  mutating func remember(_ head: RequestHead, _ bytes: ArraySlice<UInt8>) {
    defer { isFirst = false }
    guard !isFirst, head.framing == .none, bytes.count <= Self.limit else {
      self.head = nil
      return
    }
    (self.head, self.bytes) = (head, Array(bytes))
  }
}
