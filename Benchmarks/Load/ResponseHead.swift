/// What a load generator needs of the head of an answer.
struct ResponseHead {
  let status: Int
  /// Bytes of the body, 0 where none is announced.
  let length: Int
  let closes: Bool

  /// Nil for what is no HTTP/1.1 answer with a known length.
  init?(_ head: UnsafeRawBufferPointer) {
    let bytes = head.bindMemory(to: UInt8.self)
    guard bytes.count > 12, let status = Self.number(bytes[9..<12]) else { return nil }
    var length: Int? = status == 304 || status == 204 ? 0 : nil
    var closes = false
    var start = 0
    while let end = bytes[start...].firstIndex(of: 0x0d) {
      let line = bytes[start..<end]
      if let value = Self.value(of: "content-length", in: line) { length = Self.number(value) }
      if let value = Self.value(of: "connection", in: line) { closes = value.first == 0x63 }
      start = end + 2
      if start >= bytes.count { break }
    }
    guard let length else { return nil }
    (self.status, self.length, self.closes) = (status, length, closes)
  }

  private static func value(
    of name: StaticString, in line: Slice<UnsafeBufferPointer<UInt8>>
  ) -> Slice<UnsafeBufferPointer<UInt8>>? {
    let size = name.utf8CodeUnitCount
    guard line.count > size, line[line.startIndex + size] == 0x3a else { return nil }
    for offset in 0..<size
    where line[line.startIndex + offset] | 0x20 != name.utf8Start[offset] | 0x20 { return nil }
    return line[(line.startIndex + size + 1)...].drop { $0 == 0x20 }
  }

  private static func number(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
    var value = 0
    guard !digits.isEmpty, digits.count < 12 else { return nil }
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return nil }
      value = value * 10 + Int(digit - 0x30)
    }
    return value
  }
}
