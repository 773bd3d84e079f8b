import Testing

@testable import Tokenizers

@Suite struct `Characters` {
  /// One hash per 256 characters, each between letters, before an accent and before a digit.
  @Test func `are normalised and split as the reference does it`() throws {
    let rows = try Golden.decode([[Entry]].self, "unicode.json")
    #expect(rows.count > 500)
    for row in rows {
      guard case .block(let block) = row[0], case .hash(let hash) = row[1] else { continue }
      #expect(self.hash(of: block) == hash, "block U+\(String(block * 256, radix: 16))")
    }
  }

  enum Entry: Decodable {
    case block(UInt32)
    case hash(UInt64?)

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let block = try? value.decode(UInt32.self) {
        self = .block(block)
      } else {
        self = .hash(UInt64(try value.decode(String.self), radix: 16))
      }
    }
  }

  private func hash(of block: UInt32) -> UInt64? {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    for scalar in (block * 256..<block * 256 + 256).compactMap(Unicode.Scalar.init) {
      let text = PromptNormalizer.normalize(["A", "e", scalar, "\u{301}", scalar, "1"])
      for scalar in text { UTF8.encode(scalar)?.forEach(add) }
      for word in WordSplitter.words(in: text) {
        add(UInt8(clamping: word.reduce(0) { $0 + (UTF8.encode($1)?.count ?? 0) }))
      }
    }
    return hash
  }

  @Test func `beyond the basic plane compose as themselves`() {
    let text: [Unicode.Scalar] = ["e", "\u{10041}", "\u{301}"]
    #expect(PromptNormalizer.composed(text) == text)
  }

  @Test func `of a syllable and its final consonant become one`() {
    #expect(PromptNormalizer.composed(["\u{AC00}", "\u{11A8}"]) == ["\u{AC01}"])
  }

  @Test func `are lowered one by one`() {
    #expect(PromptNormalizer.lowercased(["Σ", "Α", "Σ"]) == ["σ", "α", "σ"])
    #expect(PromptNormalizer.lowercased(["İ"]) == ["i", "\u{307}"])
  }
}

@Suite struct `The heap` {
  @Test func `gives its elements in order`() {
    var heap = MinimumHeap<Int>()
    let values = (0..<500).map { $0 * 7919 % 501 }
    for value in values { heap.push(value) }
    #expect(values.indices.compactMap { _ in heap.popMinimum() } == values.sorted())
    #expect(heap.popMinimum() == nil)
  }
}
