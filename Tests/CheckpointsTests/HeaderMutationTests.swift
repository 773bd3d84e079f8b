import Checkpoints
import Testing

@Suite struct HeaderMutationTests {
  private static let sound = safetensors(
    #"{"__metadata__":{"format":"pt"},"a.weight":{"dtype":"F16","shape":[2,3],"#
      + #""data_offsets":[0,12]},"b":{"dtype":"F32","shape":[],"data_offsets":[12,16]},"#
      + #""c":{"dtype":"I64","shape":[2,0],"data_offsets":[16,16]},"#
      + #""d":{"dtype":"BOOL","shape":[5],"data_offsets":[16,21]}}"#, data: 21)

  private static let pieces: [[UInt8]] = [
    "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "-", "1e9", "0", "99999999999999999999",
    "null",
    "\"a.weight\":", "\"shape\":", "9223372036854775807", "\u{FF}", "[[[[[[[[", "F64", " ",
  ].map { Array($0.utf8) }

  /// One to four changes: bytes flipped, pieces put in, stretches cut out or doubled.
  private func mutated(_ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = Self.sound
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let at = Int.random(in: 0..<max(bytes.count, 1), using: &generator)
      let length = min(Int.random(in: 1...24, using: &generator), bytes.count - at)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 2: bytes.insert(contentsOf: Self.pieces.randomElement(using: &generator) ?? [], at: at)
      case 3: bytes.removeSubrange(at..<(at + length))
      case 4: bytes.insert(contentsOf: bytes[at..<(at + length)], at: at)
      default:
        bytes.replaceSubrange(
          at..<(at + length), with: Self.pieces.randomElement(using: &generator) ?? [])
      }
      if bytes.isEmpty { return bytes }
    }
    // Half of the time the length fits again, so that the change reaches the JSON.
    if Bool.random(using: &generator), bytes.count >= 8 + 21 {
      withUnsafeBytes(of: UInt64(bytes.count - 8 - 21).littleEndian) {
        bytes.replaceSubrange(0..<8, with: $0)
      }
    }
    return bytes
  }

  /// Whether a header that was accepted is true: every tensor inside the file, one behind the other.
  private func isTrue(_ header: SafetensorsHeader, _ fileSize: Int) -> Bool {
    var end: Int?
    for name in header.names {
      guard let entry = header.entries[name] else { return false }
      let count = entry.shape.reduce(1, *)
      guard entry.range.upperBound <= fileSize, entry.range.count == count * entry.type.size,
        entry.range.lowerBound == end ?? entry.range.lowerBound
      else { return false }
      end = entry.range.upperBound
    }
    return (end ?? fileSize) == fileSize
  }

  private func header(_ bytes: [UInt8]) throws -> SafetensorsHeader {
    try bytes.withUnsafeBytes { try SafetensorsHeader(file: $0, path: "mutated") }
  }

  @Test func `twenty thousand mutated headers are refused or true`() throws {
    var generator = SeededGenerator(seed: 2026)
    var accepted = 0
    var kinds: [String: Int] = [:]
    for _ in 0..<20_000 {
      let bytes = mutated(&generator)
      do {
        let header = try header(bytes)
        #expect(isTrue(header, bytes.count), "\(bytes)")
        accepted += 1
      } catch {
        kinds[caseName(error), default: 0] += 1
      }
    }
    // Harmless changes exist (inside a name, say), and every kind of fault must have been met.
    #expect(accepted > 100 && accepted < 10_000, "\(accepted)")
    #expect(kinds.count >= 6, "\(kinds)")
  }

  @Test func `every truncation is refused`() throws {
    for count in 0..<Self.sound.count {
      #expect(throws: CheckpointError.self) {
        try header(Array(Self.sound[..<count]))
      }
    }
  }
}
