import FoundationEssentials

/// The tokens of a BERT tokenizer in the order of their ids; those that go on inside a word begin
/// with `##`.
package struct WordPieceVocabulary: Sendable, Equatable {
  package let tokens: [String]

  static let continuation = "##"
  static let fileName = "vocab.txt"
  /// Tokens that every vocabulary made here begins with.
  package static let specialTokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
  private static let maximumCount = 1 << 22

  package init(tokens: [String]) throws(TokenizerError) {
    guard tokens.count <= Self.maximumCount else {
      throw .malformed(file: Self.fileName, reason: "more than \(Self.maximumCount) tokens")
    }
    self.tokens = tokens
  }

  /// Reads `vocab.txt`: a token a line, white space at a line's end dropped.
  package init(folder: String) throws(TokenizerError) {
    try self.init(files: TokenizerFiles(path: folder), name: Self.fileName)
  }

  init(files: TokenizerFiles, name: String) throws(TokenizerError) {
    let text = try files.text(name)
    var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    try self.init(
      tokens: lines.map { line in
        let end = line.lastIndex { !$0.properties.isWhitespace }
        return end.map { String(line[...$0]) } ?? ""
      })
  }

  /// Writes one token a line; a reader never sees half a file.
  package func write(to path: String) throws(TokenizerError) {
    let text = tokens.map { $0 + "\n" }.joined()
    do {
      try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw .unwritable(file: path, reason: "\(error)")
    }
  }
}

extension WordPieceVocabulary {
  /// Makes a vocabulary from captions, the same from the same captions in any order: special
  /// tokens, single characters, characters that go on inside a word, then whole words.
  ///
  /// ASCII letters, digits and punctuation are always there, so that a word that no caption had
  /// can be spelled.
  ///
  /// - Parameters:
  ///   - lowercases: as the tokenizer that is to read the vocabulary is set.
  ///   - extraTokens: further special tokens, behind the usual ones.
  ///   - minimumCount: how often a word must occur to become a token.
  ///   - limit: tokens in all; the rarest words are left out.
  package init(
    words captions: [String], lowercases: Bool = true, extraTokens: [String] = [],
    minimumCount: Int = 1, limit: Int = 30_000
  ) throws(TokenizerError) {
    let normalizer = WordPieceNormalizer(lowercases: lowercases, stripsAccents: lowercases)
    var counts: [[Unicode.Scalar]: Int] = [:]
    for caption in captions {
      let text = normalizer.normalize(caption.unicodeScalars)
      for word in WordPieceNormalizer.words(in: text) { counts[Array(word), default: 0] += 1 }
    }
    var alphabet = Set((0x21...0x7E).compactMap { Unicode.Scalar($0 as UInt32) })
    if lowercases { alphabet.subtract((0x41...0x5A).compactMap { Unicode.Scalar($0 as UInt32) }) }
    for word in counts.keys { alphabet.formUnion(word) }
    let characters = alphabet.sorted().map { String(Character($0)) }
    let inner = alphabet.filter {
      !WordPieceCharacter.isPunctuation($0) && !WordPieceCharacter.isIdeograph($0)
    }.sorted()
    let fixed =
      Self.specialTokens + extraTokens + characters
      + inner.map { Self.continuation + String(Character($0)) }
    let words = Self.ranked(counts, minimumCount: minimumCount)
    try self.init(tokens: fixed + words.prefix(max(0, limit - fixed.count)))
  }

  /// Words of more than one character, the most frequent first, in code point order where as many.
  private static func ranked(_ counts: [[Unicode.Scalar]: Int], minimumCount: Int) -> [String] {
    counts.filter { $0.key.count > 1 && $0.value >= minimumCount }
      .filter { $0.key.count <= WordPieceEncoder.longestWord }
      .sorted {
        $0.value != $1.value ? $0.value > $1.value : $0.key.lexicographicallyPrecedes($1.key)
      }
      .map { word, _ in
        var text = String.UnicodeScalarView()
        text.append(contentsOf: word)
        return String(text)
      }
  }
}
