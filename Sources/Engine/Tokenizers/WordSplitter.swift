/// Cuts normalised text into the words that byte-pair encoding sees.
///
/// The pattern is CLIP's: `<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|`
/// `[\p{N}]|[^\s\p{L}\p{N}]+`, first alternative first, white space dropped. The reference then
/// runs GPT-2's pattern over each piece, which only takes the two literals apart again.
enum WordSplitter {
  private static let literals = ["startoftext", "endoftext"].map {
    [Array("<|".unicodeScalars), Array($0.unicodeScalars), Array("|>".unicodeScalars)]
  }
  private static let contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map {
    Array($0.unicodeScalars)
  }

  static func words(in text: [Unicode.Scalar]) -> [ArraySlice<Unicode.Scalar>] {
    var words: [ArraySlice<Unicode.Scalar>] = []
    var rest = text[...]
    while let first = rest.first {
      if first == "<", let literal = literals.first(where: { rest.starts(with: $0.joined()) }) {
        for part in literal {
          words.append(rest.prefix(part.count))
          rest = rest.dropFirst(part.count)
        }
        continue
      }
      let length = length(of: CharacterKind(first), at: rest)
      if CharacterKind(first) != .space { words.append(rest.prefix(length)) }
      rest = rest.dropFirst(length)
    }
    return words
  }

  private static func length(of kind: CharacterKind, at rest: ArraySlice<Unicode.Scalar>) -> Int {
    if kind == .number { return 1 }
    if kind == .other, let contraction = contractions.first(where: { rest.starts(with: $0) }) {
      return contraction.count
    }
    return rest.prefix { CharacterKind($0) == kind }.count
  }
}
