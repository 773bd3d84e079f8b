import Foundation
import TestSupport
import Testing

/// Pictures that are small on the wire and large in memory.
@Suite(.serialized)
struct BombJourney {
  private struct Bomb: CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    /// What the refusal speaks of.
    var word: String
    var testDescription: String { name }
  }

  /// Peak of the resident memory, KiB (proc(5), VmHWM).
  private func peak(_ server: Server) throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(server.identifier)/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM") })
    return try #require(line.split(separator: " ").compactMap { Int($0) }.first)
  }

  @Test func `are refused by their header, and take no memory`() throws {
    let scratch = try ScratchFolder()
    let server = try Server(
      dataDirectory: scratch.path + "/data", arguments: ["--judges", "off"])
    let client = Client(port: server.port)
    let mask = try Picture.mask()
    func submit(_ image: [UInt8], _ mask: [UInt8]) throws -> Client.Answer {
      try client.post(
        "/v1/edits", fields: ["prompt": "a house"], files: ["image": image, "mask": mask])
    }
    // What an ordinary refusal costs is no matter of bombs.
    #expect(try submit([1, 2, 3], mask).status == 400)
    let before = try peak(server)
    for bomb in Self.bombs {
      let answer = try submit(bomb.bytes, mask)
      let text = String(decoding: answer.body, as: UTF8.self)
      #expect(answer.status == 400 && text.contains(bomb.word), "\(bomb.name): \(text)")
      let other = try submit(try Picture.scene(), bomb.bytes)
      #expect(other.status == 400, "\(bomb.name) as a mask")
    }
    let grown = try peak(server) - before
    #expect(grown < 48 << 10, "it grew by \(grown) KiB")
    #expect(try client.get("/v1/edits").json()["edits"] as? [String] == [])
    #expect(server.terminate() == 0)
  }

  private static var bombs: [Bomb] {
    [
      // 65,000 x 65,000 of zeros: 12 GB of samples.
      Bomb(name: "a wide PNG", bytes: png(width: 65_000, height: 65_000), word: "pixels"),
      Bomb(
        name: "a PNG at the format's limit", bytes: png(width: 0x7fff_ffff, height: 0x7fff_ffff),
        word: "pixels"),
      Bomb(
        name: "an interlaced PNG", bytes: png(width: 60_000, height: 60_000, interlace: 1),
        word: "pixels"),
      Bomb(name: "a wide JPEG", bytes: jpeg(width: 65_500, height: 65_500), word: "pixels"),
      // The profile is left out; what is refused then is a mask of another size.
      Bomb(
        name: "a profile of 256 MiB",
        bytes: png(
          width: 8, height: 8, chunks: [chunk("iCCP", Array("p\0\0".utf8) + zeros(1 << 28))]),
        word: "the picture 8x8"),
    ]
  }

  // MARK: PNG (third edition)

  private static func png(
    width: UInt32, height: UInt32, interlace: UInt8 = 0, chunks: [[UInt8]] = []
  ) -> [UInt8] {
    let header = bigEndian(width) + bigEndian(height) + [8, 2, 0, 0, interlace]
    return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + chunk("IHDR", header)
      + chunks.flatMap(\.self) + chunk("IDAT", zeros(1 << 20)) + chunk("IEND", [])
  }

  private static func chunk(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + bytes
    return bigEndian(UInt32(bytes.count)) + body + bigEndian(crc(body))
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian, Array.init)
  }

  private static func crc(_ bytes: [UInt8]) -> UInt32 {
    var value: UInt32 = 0xffff_ffff
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0xedb8_8320 : 0) }
    }
    return ~value
  }

  /// `count` zeros as a zlib stream (RFC 1950, 1951): a zero, then matches of 258 at distance 1, a
  /// quarter of a byte for each 258 bytes.
  private static func zeros(_ count: Int) -> [UInt8] {
    var bits = Bits()
    bits.append(1, 1)
    bits.append(1, 2)
    // The fixed code: literal 0 is 0x30 in 8 bits, length 258 is symbol 285, distance 1 code 0.
    bits.appendCode(0x30, 8)
    for _ in 0..<(count - 1) / 258 {
      bits.appendCode(0b1100_0101, 8)
      bits.appendCode(0, 5)
    }
    bits.appendCode(0, 7)
    return [0x78, 0x01] + bits.bytes + bigEndian(adler(of: (count - 1) / 258 * 258 + 1))
  }

  /// Of so many zeros.
  private static func adler(of count: Int) -> UInt32 {
    UInt32(count % 65_521) << 16 | 1
  }

  private struct Bits {
    private(set) var bytes: [UInt8] = []
    private var used = 8

    mutating func append(_ value: Int, _ width: Int) {
      for bit in 0..<width { push(value >> bit & 1) }
    }

    /// Huffman codes begin with their highest bit.
    mutating func appendCode(_ code: Int, _ width: Int) {
      for bit in (0..<width).reversed() { push(code >> bit & 1) }
    }

    private mutating func push(_ bit: Int) {
      if used == 8 {
        bytes.append(0)
        used = 0
      }
      bytes[bytes.count - 1] |= UInt8(bit << used)
      used += 1
    }
  }

  // MARK: JPEG (ITU-T T.81)

  /// A baseline frame header of this size, then nothing.
  private static func jpeg(width: UInt16, height: UInt16) -> [UInt8] {
    let size = [height, width].flatMap { withUnsafeBytes(of: $0.bigEndian, Array.init) }
    let components: [UInt8] = [1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0]
    let frame: [UInt8] = [0xff, 0xc0, 0, 17, 8] + size + [3] + components
    let scan: [UInt8] = [0xff, 0xda, 0, 12, 3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0]
    return [0xff, 0xd8] + frame + scan + [UInt8](repeating: 0, count: 64) + [0xff, 0xd9]
  }
}
