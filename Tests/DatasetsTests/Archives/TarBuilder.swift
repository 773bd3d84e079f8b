@testable import Datasets

/// Writes tar blocks as a test wants them.
enum TarBuilder {
  static func header(
    _ name: String, size: Int, flag: UInt8 = UInt8(ascii: "0"), sizeField: [UInt8]? = nil
  ) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    put(Array(name.utf8.prefix(100)), at: 0, &block)
    put(Array("0000644\0".utf8), at: 100, &block)
    put(sizeField ?? octal(size, digits: 11), at: 124, &block)
    put(octal(0, digits: 11), at: 136, &block)
    block[156] = flag
    put(Array("ustar\u{0}00".utf8), at: 257, &block)
    return sealed(block)
  }

  /// The block with its checksum.
  static func sealed(_ block: [UInt8]) -> [UInt8] {
    var block = block
    put([UInt8](repeating: 0x20, count: 8), at: 148, &block)
    let sum = block.reduce(0) { $0 + Int($1) }
    put(octal(sum, digits: 6) + [0x20], at: 148, &block)
    return block
  }

  static func member(
    _ name: String, _ content: [UInt8], flag: UInt8 = UInt8(ascii: "0")
  ) -> [UInt8] {
    header(name, size: content.count, flag: flag) + content
      + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }

  static let end = [UInt8](repeating: 0, count: 1024)

  private static func octal(_ value: Int, digits: Int) -> [UInt8] {
    let text = String(value, radix: 8)
    return Array((String(repeating: "0", count: max(0, digits - text.count)) + text).utf8) + [0]
  }

  private static func put(_ bytes: [UInt8], at place: Int, _ block: inout [UInt8]) {
    block.replaceSubrange(place..<place + bytes.count, with: bytes)
  }

  static func index(
    _ bytes: [UInt8], limits: TarLimits = TarLimits()
  ) throws(DatasetError) -> [TarMember] {
    try TarIndex(MemoryBytes(bytes, path: "test.tar"), limits: limits).members
  }
}
