/// Cuts words into the longest pieces that a vocabulary has, from left to right (Wu and others
/// 2016, section 4.1, as BERT does it).
struct WordPieceEncoder: Sendable {
  /// A word of more characters is unknown as a whole.
  static let longestWord = 100

  /// A tree of characters: from each node, by a character, to the next one.
  private var edges: [UInt64: Int32] = [:]
  /// The token that ends in a node, or -1.
  private var ids: [Int32] = [-1, -1]
  private var unknown: Int32 = 0
  /// Different tokens, as the reference counts them for ids of tokens that are added.
  private(set) var count = 0

  /// Nodes where the tokens of a word's beginning, and those behind `##`, start.
  private static let (beginning, continuation) = (Int32(0), Int32(1))

  /// Of a token that is listed twice the last one counts.
  init(_ vocabulary: WordPieceVocabulary, unknown: String) throws(TokenizerError) {
    let prefix = WordPieceVocabulary.continuation.unicodeScalars
    var isEmptyListed = false
    for (id, token) in vocabulary.tokens.enumerated() {
      let scalars = token.unicodeScalars
      if scalars.isEmpty {
        isEmptyListed = true
        continue
      }
      if insert(scalars, from: Self.beginning, id: Int32(clamping: id)) { count += 1 }
      if scalars.starts(with: prefix), scalars.count > prefix.count {
        _ = insert(
          scalars.dropFirst(prefix.count), from: Self.continuation, id: Int32(clamping: id))
      }
    }
    if isEmptyListed { count += 1 }
    guard let id = id(of: unknown) else {
      throw .unknownToken(role: "unknown token", token: unknown)
    }
    self.unknown = id
  }

  private static func key(_ node: Int32, _ scalar: Unicode.Scalar) -> UInt64 {
    UInt64(UInt32(bitPattern: node)) << 32 | UInt64(scalar.value)
  }

  /// Whether the token is new.
  private mutating func insert(
    _ token: some Sequence<Unicode.Scalar>, from start: Int32, id: Int32
  ) -> Bool {
    var node = start
    for scalar in token {
      let key = Self.key(node, scalar)
      if let next = edges[key] {
        node = next
      } else {
        node = Int32(clamping: ids.count)
        edges[key] = node
        ids.append(-1)
      }
    }
    defer { ids[Int(node)] = id }
    return ids[Int(node)] < 0
  }

  /// The id of a token, spelled exactly so.
  func id(of token: String) -> Int32? {
    var node = Self.beginning
    for scalar in token.unicodeScalars {
      guard let next = edges[Self.key(node, scalar)] else { return nil }
      node = next
    }
    return ids[Int(node)] < 0 ? nil : ids[Int(node)]
  }

  /// The pieces of one word; the unknown token where it is too long or cannot be spelled.
  func encode(_ word: ArraySlice<Unicode.Scalar>, to result: inout [Int32]) {
    let before = result.count
    var rest = word
    while !rest.isEmpty {
      guard word.count <= Self.longestWord,
        let (id, length) = longest(rest, from: rest.startIndex == word.startIndex)
      else {
        result.removeSubrange(before...)
        result.append(unknown)
        return
      }
      result.append(id)
      rest = rest.dropFirst(length)
    }
  }

  private func longest(
    _ rest: ArraySlice<Unicode.Scalar>, from isBeginning: Bool
  ) -> (id: Int32, length: Int)? {
    var node = isBeginning ? Self.beginning : Self.continuation
    var found: (Int32, Int)?
    for (place, scalar) in rest.enumerated() {
      guard let next = edges[Self.key(node, scalar)] else { break }
      node = next
      if ids[Int(node)] >= 0 { found = (ids[Int(node)], place + 1) }
    }
    return found
  }
}
