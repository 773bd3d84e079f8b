// The composition below is the standard library's own; it has no public name. Foundation's
// `precomposedStringWithCanonicalMapping` composes U+10041 as if it were U+0041 and leaves a
// Hangul syllable and its final consonant apart, so it cannot stand in.
@_spi(_Unicode) import Swift

/// Text as the reference tokenizer normalises it: canonical composition, each run of white space
/// to one space, each character to lower case on its own.
enum PromptNormalizer {
  /// The reference's composition tables are those of Unicode 9: a character assigned later neither
  /// moves nor combines there, so the text is composed piecewise between such characters.
  private static let compositionVersion = 9

  /// Three Tibetan vowel signs count as starters but begin, taken apart, with a mark that must be
  /// sorted among its neighbours; the standard library does not, so they are taken apart first.
  private static let hiddenMarks: [Unicode.Scalar: [Unicode.Scalar]] = [
    "\u{F73}": ["\u{F71}", "\u{F72}"], "\u{F75}": ["\u{F71}", "\u{F74}"],
    "\u{F81}": ["\u{F71}", "\u{F80}"],
  ]

  static func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    lowercased(collapsingSpace(composed(text)))
  }

  static func composed(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    if text.allSatisfy({ $0.value < 0x300 }) { return text }
    return byRuns(text) { String($0)._nfc }
  }

  static func decomposed(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    if text.allSatisfy(\.isASCII) { return text }
    return byRuns(text) { String($0)._nfd }
  }

  /// Brings what lies between characters that the reference does not know into a canonical form.
  private static func byRuns(
    _ text: [Unicode.Scalar],
    _ form: (String.UnicodeScalarView) -> some Sequence<Unicode.Scalar>
  ) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    var run = String.UnicodeScalarView()
    for scalar in text {
      if let age = scalar.properties.age, age.major <= compositionVersion {
        run.append(contentsOf: hiddenMarks[scalar] ?? [scalar])
      } else {
        result.append(contentsOf: form(run))
        run.removeAll()
        result.append(scalar)
      }
    }
    result.append(contentsOf: form(run))
    return result
  }

  static func collapsingSpace(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    var isInSpace = false
    for scalar in text {
      let isSpace = CharacterKind(scalar) == .space
      if !isSpace { result.append(scalar) } else if !isInSpace { result.append(" ") }
      isInSpace = isSpace
    }
    return result
  }

  /// Character by character, as the reference does it: no final sigma, no language rules.
  static func lowercased(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    for scalar in text {
      if scalar.isASCII {
        let isCapital = ("A"..."Z").contains(scalar)
        result.append(isCapital ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar)
      } else {
        result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
      }
    }
    return result
  }
}
