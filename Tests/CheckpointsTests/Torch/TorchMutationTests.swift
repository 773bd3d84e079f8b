import Testing

@testable import Checkpoints

/// Golden files with changes in them: whatever comes out, nothing traps and no tensor lies outside
/// its file.
@Suite struct `A mutated torch file` {
  private static let names = [
    "zip-2.pt", "zip-4.pt", "zip-5.pt", "legacy-2.pt", "legacy-3.pt", "legacy-4.pt", "script.pt",
    "wrapped-state.pt", "wrapped-model.pt", "nested.pt", "numbered.pt", "evaluated.pt",
  ]

  private static let operations: [[UInt8]] = [
    [0x28], [0x29], [0x2E], [0x51], [0x52], [0x62], [0x65], [0x74], [0x75], [0x81], [0x85], [0x86],
    [0x87], [0x93], [0x94], [0x68, 0], [0x68, 1], [0x68, 5], [0x4B, 0], [0x4B, 255], [0x7D], [0x5D],
    [0x4E], [0x4A, 255, 255, 255, 127], [0x4A, 255, 255, 255, 255],
  ]
  private static let numbers: [[UInt8]] = [
    little(-1, 4), little(-1, 8), little(0, 8), little(.max, 8), little(.min, 8),
  ]
  private static let lengths: [[UInt8]] = [[0x8A, 8], [0x58], [0x8D], [0x95]].map { code in
    code + little(-1, 8)
  }
  private static let texts: [[UInt8]] = [
    "cos\nsystem\n", "ctorch\nSize\n", "PK\u{1}\u{2}", "ctorch._utils\n_rebuild_tensor_v2\n",
    "PK\u{5}\u{6}",
  ].map { (text: String) in Array(text.utf8) }
  private static let pieces = [operations, numbers, lengths, texts].flatMap { $0 }

  /// One to four changes: bytes flipped or set, pieces put in or over, stretches cut out or doubled.
  private func mutate(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let at = Int.random(in: 0..<max(bytes.count, 1), using: &generator)
      let length = min(Int.random(in: 1...24, using: &generator), bytes.count - at)
      let piece = Self.pieces.randomElement(using: &generator) ?? []
      switch Int.random(in: 0..<8, using: &generator) {
      case 0, 1: bytes[at] = UInt8.random(in: 0...255, using: &generator)
      case 2: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 3, 4: bytes.replaceSubrange(at..<min(at + piece.count, bytes.count), with: piece)
      case 5: bytes.insert(contentsOf: piece, at: at)
      case 6: bytes.removeSubrange(at..<(at + length))
      default: bytes.insert(contentsOf: bytes[at..<(at + length)], at: at)
      }
      if bytes.isEmpty { return }
    }
  }

  /// The kind of an error without what differs from file to file; nothing for a file that is read.
  private func outcome(_ bytes: [UInt8]) -> String? {
    bytes.withUnsafeBytes { file in
      do throws(CheckpointError) {
        let index = try TorchIndex(file: file, path: "mutated")
        for name in index.names {
          let count = index.withElements(name, in: file) { $0.count / $1.size }
          #expect(count == index.shape(name)?.reduce(1, *), "\(name) in \(bytes)")
        }
        return nil
      } catch {
        return caseName(error)
      }
    }
  }

  @Test func `as a whole is refused or true`() throws {
    var generator = SeededGenerator(seed: 2031)
    var outcomes: [String: Int] = [:]
    for name in Self.names {
      let sound = try TorchGolden.bytes(name)
      for _ in 0..<1_000 {
        var bytes = sound
        mutate(&bytes, &generator)
        outcomes[outcome(bytes) ?? "read", default: 0] += 1
      }
    }
    // Changes of values are harmless; every kind of fault must have been met.
    #expect(outcomes["read", default: 0] > 500, "\(outcomes)")
    #expect(outcomes.count >= 4, "\(outcomes)")
  }

  /// Mutations of the pickle alone, put into a sound archive again: they reach the unpickler.
  @Test func `in its pickle alone is refused or true`() throws {
    var generator = SeededGenerator(seed: 2032)
    var outcomes: [String: Int] = [:]
    for name in Self.names.filter({ !$0.hasPrefix("legacy") && $0 != "numbered.pt" }) {
      let records = try records(of: TorchGolden.bytes(name))
      let pickle = try #require(records.firstIndex { $0.name.hasSuffix("/data.pkl") })
      for _ in 0..<1_000 {
        var mutated = records
        mutate(&mutated[pickle].data, &generator)
        outcomes[outcome(ZipBytes(records: mutated).bytes) ?? "read", default: 0] += 1
      }
    }
    #expect(outcomes["read", default: 0] > 200, "\(outcomes)")
    for kind in ["malformedArchive", "refusedGlobal", "unsupportedCheckpoint", "noStateDictionary"]
    {
      #expect(outcomes[kind, default: 0] > 0, "\(outcomes)")
    }
  }

  private func records(of bytes: [UInt8]) throws -> [ZipBytes.Record] {
    try bytes.withUnsafeBytes { file in
      try ZipDirectory(file).entries.sorted { $0.key < $1.key }.map { name, entry in
        ZipBytes.Record(name: name, data: Array(file[entry.range]), method: entry.isPlain ? 0 : 8)
      }
    }
  }
}
