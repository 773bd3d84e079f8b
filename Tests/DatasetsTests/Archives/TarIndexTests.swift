import Testing

@testable import Datasets

@Suite struct TarIndexTests {
  private struct Listed: Decodable, Equatable {
    var name: String
    var offset: Int
    var size: Int
  }

  @Test(arguments: ["ustar", "gnu", "pax"])
  func `members lie where Python's tarfile finds them`(_ name: String) throws {
    let expected = try Golden.json([Listed].self, "\(name).json")
    let file = try FileBytes(path: Golden.path("\(name).tar"))
    let found = try TarIndex(file).members.map {
      Listed(name: $0.name, offset: $0.offset, size: $0.size)
    }
    #expect(found == expected)
    #expect(expected.count >= 7)
  }

  @Test func `a binary size, a global header and an old folder are understood`() throws {
    let global = TarBuilder.member(
      "pax_global_header", Array("21 comment=everywhere\n".utf8.prefix(0)), flag: UInt8(ascii: "g"))
    let size: [UInt8] = [0x80] + [UInt8](repeating: 0, count: 10) + [5]
    let bytes =
      global + TarBuilder.header("old/", size: 0, flag: 0)
      + TarBuilder.header("a.txt", size: 0, sizeField: size) + [UInt8](repeating: 7, count: 512)
      + TarBuilder.end
    let members = try TarBuilder.index(bytes)
    #expect(members.map(\.name) == ["a.txt"])
    #expect(members.map(\.size) == [5])
  }

  @Test func `an archive may lack its end blocks and the padding of its last member`() throws {
    let bytes = TarBuilder.header("a", size: 3) + [1, 2, 3]
    #expect(try TarBuilder.index(bytes).map(\.size) == [3])
    #expect(try TarBuilder.index([]).isEmpty)
  }

  @Test func `what is announced but not there names archive, member and sizes`() throws {
    let error = try failure { () throws(DatasetError) in
      try TarBuilder.index(TarBuilder.header("big.png", size: 4000) + [1])
    }
    #expect(
      error
        == .member(
          path: "test.tar", member: "big.png",
          reason: "4000 bytes are announced, the archive ends after 1"))
    #expect(error.description.contains("test.tar"))
  }

  @Test func `a broken header names its place`() throws {
    var bytes = TarBuilder.member("a", [1]) + TarBuilder.member("b", [2]) + TarBuilder.end
    bytes[1024 + 3] ^= 1
    let error = try failure { () throws(DatasetError) in try TarBuilder.index(bytes) }
    guard case .damagedArchive("test.tar", 1024, let reason) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(reason.contains("checksum"))
  }

  @Test func `sizes that no file has are refused`() throws {
    let negative: [UInt8] = [UInt8](repeating: 0xFF, count: 12)
    let huge: [UInt8] = [0x80] + [UInt8](repeating: 0xFF, count: 11)
    for field in [negative, huge, Array("99999999999\0".utf8)] {
      let bytes = TarBuilder.header("a", size: 0, sizeField: field)
      #expect(throws: DatasetError.self) { try TarBuilder.index(bytes) }
    }
    for record in ["12 size=-10\n", "99 size=1\n", "size=1\n", "8 size1\n\n"] {
      let bytes =
        TarBuilder.member("x", Array(record.utf8), flag: UInt8(ascii: "x"))
        + TarBuilder.member("a", [1])
      #expect(throws: DatasetError.self) { try TarBuilder.index(bytes) }
    }
  }

  @Test func `limits hold`() throws {
    let bytes = TarBuilder.member("a", [1, 2]) + TarBuilder.member("b", [2])
    var limits = TarLimits()
    limits.members = 1
    #expect(throws: DatasetError.self) { try TarBuilder.index(bytes, limits: limits) }
    limits = TarLimits(memberBytes: 1)
    #expect(throws: DatasetError.self) { try TarBuilder.index(bytes, limits: limits) }
    let long = TarBuilder.member(
      "x", [UInt8](repeating: 65, count: 100), flag: UInt8(ascii: "L"))
    #expect(throws: DatasetError.self) {
      try TarBuilder.index(long, limits: TarLimits(headerBytes: 99))
    }
    #expect(throws: DatasetError.self) {
      try TarBuilder.index(TarBuilder.member("s", [], flag: UInt8(ascii: "S")))
    }
  }

  @Test func `twenty thousand mutated archives are refused or true`() throws {
    let file = try FileBytes(path: Golden.path("pax.tar"))
    let sound = Array(try file.read(0..<min(file.size, 9 * 1024)))
    var generator = SplitMix(seed: 11)
    var (accepted, refused) = (0, 0)
    for _ in 0..<20_000 {
      let bytes = Self.mutated(sound, &generator)
      do throws(DatasetError) {
        let members = try TarBuilder.index(bytes)
        for member in members {
          #expect(member.offset >= 512 && member.size >= 0)
          #expect(member.offset + member.size <= bytes.count)
        }
        accepted += 1
      } catch {
        #expect(!error.description.isEmpty)
        refused += 1
      }
    }
    #expect(accepted > 500)
    #expect(refused > 5000)
  }

  /// One to four changes; half of the time the headers' sums fit again, so that a change is read.
  private static func mutated(_ sound: [UInt8], _ generator: inout SplitMix) -> [UInt8] {
    var bytes = sound
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      guard bytes.count > 600 else { break }
      let block = 512 * Int.random(in: 0..<bytes.count / 512, using: &generator)
      let fields = [
        0, 124, 125, 135, 148, 156, 257, 345, Int.random(in: 0..<512, using: &generator),
      ]
      let at = block + (fields.randomElement(using: &generator) ?? 0)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
      case 1:
        let flags = Array("01257LKxgSX".utf8)
        bytes[block + 156] = flags.randomElement(using: &generator) ?? 0
      case 2: bytes.removeLast(Int.random(in: 1...min(600, bytes.count), using: &generator))
      default: bytes.insert(contentsOf: bytes[block..<block + 512], at: block)
      }
    }
    guard Bool.random(using: &generator) else { return bytes }
    for block in stride(from: 0, to: bytes.count - 511, by: 512)
    where bytes[block + 257..<block + 262].elementsEqual("ustar".utf8) {
      bytes.replaceSubrange(
        block..<block + 512, with: TarBuilder.sealed(Array(bytes[block..<block + 512])))
    }
    return bytes
  }
}
