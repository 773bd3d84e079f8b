/// One header block of a tar archive.
///
/// Source: POSIX.1-2017, pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format".
struct TarHeader {
  enum Kind {
    case file
    /// Folders, links, devices, pipes: nothing follows their header.
    case withoutData
    /// The next member's name, longer than its header can hold.
    case longName
    /// The next member's link target.
    case longLink
    case extended
    case globalExtended
    case sparse
  }

  static let blockSize = 512

  let kind: Kind
  let name: String
  let size: Int

  /// Why a block is no header.
  struct Fault: Error { let reason: String }

  /// - Parameter block: 512 bytes, not all zero.
  init(_ block: [UInt8]) throws(Fault) {
    guard block.count == Self.blockSize else { throw Fault(reason: "half a header") }
    try Self.check(block)
    size = try Self.number(block[124..<136], "size")
    let name = Self.text(block[0..<100])
    let prefix = block[257..<263].elementsEqual("ustar\0".utf8) ? Self.text(block[345..<500]) : ""
    self.name = prefix.isEmpty ? name : "\(prefix)/\(name)"
    kind = Self.kind(block[156], self.name)
  }

  private static func kind(_ flag: UInt8, _ name: String) -> Kind {
    switch flag {
    case UInt8(ascii: "1")...UInt8(ascii: "6"): .withoutData
    case UInt8(ascii: "L"): .longName
    case UInt8(ascii: "K"): .longLink
    case UInt8(ascii: "x"), UInt8(ascii: "X"): .extended
    case UInt8(ascii: "g"): .globalExtended
    case UInt8(ascii: "S"): .sparse
    // Before ustar a folder was a file whose name ends in a slash.
    case 0 where name.hasSuffix("/"): .withoutData
    // POSIX: what a reader does not know is a file.
    default: .file
    }
  }

  /// The sum of all bytes, those of the sum itself counted as spaces; some writers sum signed bytes.
  private static func check(_ block: [UInt8]) throws(Fault) {
    let stored = try number(block[148..<156], "checksum")
    var unsigned = 8 * 0x20
    var signed = unsigned
    for (index, byte) in block.enumerated() where !(148..<156).contains(index) {
      unsigned += Int(byte)
      signed += Int(Int8(bitPattern: byte))
    }
    guard stored == unsigned || stored == signed else {
      throw Fault(reason: "the header's checksum is wrong")
    }
  }

  /// Octal digits between spaces and nulls, or, with the highest bit set, binary (GNU).
  private static func number(_ field: ArraySlice<UInt8>, _ what: String) throws(Fault) -> Int {
    if let first = field.first, first & 0x80 != 0 { return try binary(field, what) }
    var value = 0
    let digits = field.drop { $0 == 0x20 || $0 == 0 }
    let end = digits.firstIndex { $0 == 0x20 || $0 == 0 } ?? digits.endIndex
    guard digits[end...].allSatisfy({ $0 == 0x20 || $0 == 0 }) else {
      throw Fault(reason: "the \(what) is no octal number")
    }
    for byte in digits[..<end] {
      guard (0x30...0x37).contains(byte) else {
        throw Fault(reason: "the \(what) is no octal number")
      }
      // Twelve octal digits have 36 bits at most.
      value = value << 3 | Int(byte - 0x30)
    }
    return value
  }

  private static func binary(_ field: ArraySlice<UInt8>, _ what: String) throws(Fault) -> Int {
    var value = 0
    for (index, byte) in field.enumerated() {
      let part = Int(index == 0 ? byte & 0x7F : byte)
      let (shifted, overflow) = value.multipliedReportingOverflow(by: 256)
      guard !overflow, shifted <= Int.max - part, index > 0 || byte & 0x40 == 0 else {
        throw Fault(reason: "the \(what) is out of range")
      }
      value = shifted + part
    }
    return value
  }

  /// Up to the first null; bytes that are not UTF-8 become replacement characters.
  static func text(_ field: some Sequence<UInt8>) -> String {
    String(decoding: Array(field.prefix { $0 != 0 }), as: UTF8.self)
  }
}
