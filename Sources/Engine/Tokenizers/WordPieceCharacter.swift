/// The classes of characters that BERT's normaliser and splitter tell apart, by the tables of the
/// reference implementation: general categories as of Unicode 8.
enum WordPieceCharacter {
  private static let categoryVersion = 8

  /// The category that the character had in the reference's tables; what was assigned later had
  /// none, and a few have moved since.
  private static func category(_ scalar: Unicode.Scalar) -> Unicode.GeneralCategory {
    if let moved = moved[scalar.value] { return moved }
    let properties = scalar.properties
    guard let age = properties.age, age.major <= categoryVersion else { return .unassigned }
    return properties.generalCategory
  }

  private static let moved: [UInt32: Unicode.GeneralCategory] = [
    0x166D: .otherPunctuation, 0x1734: .nonspacingMark, 0x1885: .otherLetter,
    0x1886: .otherLetter, 0xA9BD: .spacingMark, 0x111C9: .otherPunctuation,
    0x1171E: .nonspacingMark,
  ]

  /// Controls, formats, private use, NUL and the replacement character vanish; tab, line feed and
  /// carriage return are space.
  ///
  /// What is not assigned stays.
  static func isRemoved(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D, 0x20...0x7E: false
    case 0xFFFD: true
    default:
      switch category(scalar) {
      case .control, .format, .privateUse: true
      default: false
      }
    }
  }

  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII
      ? scalar == " " || (0x09...0x0D).contains(scalar.value)
      : scalar.properties.isWhitespace
  }

  /// Every printable ASCII character that is no letter, digit or space, and what Unicode calls
  /// punctuation.
  static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      return switch scalar.value {
      case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
      default: false
      }
    }
    return switch category(scalar) {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      true
    default: false
    }
  }

  static func isNonspacingMark(_ scalar: Unicode.Scalar) -> Bool {
    !scalar.isASCII && category(scalar) == .nonspacingMark
  }

  /// The blocks of Chinese characters that the reference sets apart; one of them begins 256
  /// characters late there.
  static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B81F,
      0x2B920...0x2CEAF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }
}
