/// Text as BERT's tokenizers normalise it and cut it into words (Devlin and others 2019; the
/// `BertNormalizer` and `BertPreTokenizer` of the reference implementation).
struct WordPieceNormalizer: Sendable {
  /// Every character to lower case on its own.
  var lowercases = true
  /// Marks above and below letters are taken off.
  var stripsAccents = true
  /// Chinese characters become words of their own.
  var separatesIdeographs = true

  func normalize(_ text: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
    var result = cleaned(text)
    if stripsAccents {
      result = PromptNormalizer.decomposed(result)
      result.removeAll(where: WordPieceCharacter.isNonspacingMark)
    }
    return lowercases ? PromptNormalizer.lowercased(result) : result
  }

  /// Controls taken out, every kind of space made the plain one, ideographs set between spaces.
  private func cleaned(_ text: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    for scalar in text where !WordPieceCharacter.isRemoved(scalar) {
      if WordPieceCharacter.isSpace(scalar) {
        result.append(" ")
      } else if separatesIdeographs, WordPieceCharacter.isIdeograph(scalar) {
        result += [" ", scalar, " "]
      } else {
        result.append(scalar)
      }
    }
    return result
  }

  /// The words of normalised text: what stands between spaces, every punctuation mark apart.
  static func words(in text: [Unicode.Scalar]) -> [ArraySlice<Unicode.Scalar>] {
    var words: [ArraySlice<Unicode.Scalar>] = []
    var start = text.startIndex
    for (place, scalar) in text.enumerated() {
      let isPunctuation = WordPieceCharacter.isPunctuation(scalar)
      guard isPunctuation || WordPieceCharacter.isSpace(scalar) else { continue }
      if start < place { words.append(text[start..<place]) }
      if isPunctuation { words.append(text[place...place]) }
      start = place + 1
    }
    if start < text.count { words.append(text[start...]) }
    return words
  }
}
