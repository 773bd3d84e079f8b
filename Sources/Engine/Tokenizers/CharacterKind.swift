/// The classes that the splitting pattern of CLIP tells apart: `\s`, `\p{L}`, `\p{N}` and the rest.
enum CharacterKind {
  case space
  case letter
  case number
  case other

  /// The reference's regular expressions know Unicode 16; what was assigned later is no letter yet.
  private static let categoryVersion = 16

  init(_ scalar: Unicode.Scalar) {
    if scalar.isASCII { self = Self.ascii(scalar) } else { self = Self.unicode(scalar) }
  }

  private static func ascii(_ scalar: Unicode.Scalar) -> CharacterKind {
    switch scalar.value {
    case 0x09...0x0D, 0x20: .space
    case 0x30...0x39: .number
    case 0x41...0x5A, 0x61...0x7A: .letter
    default: .other
    }
  }

  private static func unicode(_ scalar: Unicode.Scalar) -> CharacterKind {
    let properties = scalar.properties
    if properties.isWhitespace { return .space }
    guard let age = properties.age, age.major <= categoryVersion else { return .other }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return .letter
    case .decimalNumber, .letterNumber, .otherNumber:
      return .number
    default:
      return .other
    }
  }
}
