/// Byte-pair encoding of single words over bytes, with the `</w>` suffix on the last one.
struct BytePairEncoder: Sendable {
  struct Merge: Sendable {
    let rank: Int32
    let id: Int32
  }

  static let endOfWord = "</w>"

  private let innerBytes: [Int32]
  private let finalBytes: [Int32]
  private let merges: [UInt64: Merge]

  /// Builds the tables.
  ///
  /// - Parameters:
  ///   - vocabulary: id of every token, spelled in the byte alphabet.
  ///   - merges: pairs of tokens, most important first; a repeated pair counts where it comes last.
  ///   - unknown: id for a byte that the vocabulary does not spell.
  init(
    vocabulary: [String: Int32], merges pairs: [(String, String)], unknown: Int32?
  ) throws(TokenizerError) {
    innerBytes = try Self.byteTable(vocabulary, suffix: "", unknown: unknown)
    finalBytes = try Self.byteTable(vocabulary, suffix: Self.endOfWord, unknown: unknown)
    var merges: [UInt64: Merge] = [:]
    merges.reserveCapacity(pairs.count)
    for (rank, pair) in pairs.enumerated() {
      let left = try Self.id(of: pair.0, in: vocabulary)
      let right = try Self.id(of: pair.1, in: vocabulary)
      let merged = try Self.id(of: pair.0 + pair.1, in: vocabulary)
      merges[Self.key(left, right)] = Merge(rank: Int32(clamping: rank), id: merged)
    }
    self.merges = merges
  }

  private static func id(
    of token: String, in vocabulary: [String: Int32]
  ) throws(TokenizerError) -> Int32 {
    guard let id = vocabulary[token] else {
      throw .malformed(file: "the merges", reason: "\"\(token)\" is not in the vocabulary")
    }
    return id
  }

  private static func byteTable(
    _ vocabulary: [String: Int32], suffix: String, unknown: Int32?
  ) throws(TokenizerError) -> [Int32] {
    var table: [Int32] = []
    for character in ByteAlphabet.characters {
      let token = String(character) + suffix
      guard let id = vocabulary[token] ?? unknown else {
        throw .unknownToken(role: "byte symbol (without an unknown token)", token: token)
      }
      table.append(id)
    }
    return table
  }

  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  /// The token ids of one word, which must not be empty to give any.
  ///
  /// Cost: O(n log n) in the bytes of the word.
  func encode(_ word: some Collection<Unicode.Scalar>) -> [Int32] {
    let bytes = word.flatMap { UTF8.encode($0).map(Array.init) ?? [] }
    guard let last = bytes.last else { return [] }
    let ids = bytes.dropLast().map { innerBytes[Int($0)] } + [finalBytes[Int(last)]]
    var symbols = MergingWord(ids)
    symbols.mergeAll { left, right in merges[Self.key(left, right)] }
    return symbols.ids
  }
}
