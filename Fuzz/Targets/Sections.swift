/// Several files in one input: each begins with the record separator (U+001E) and a letter that says
/// which one it is.
enum Sections {
  private static let separator: UInt8 = 0x1E

  /// The sections with their letters, the text before the first one left out.
  static func parts(of input: [UInt8]) -> [[UInt8]] {
    input.split(separator: separator, omittingEmptySubsequences: false).dropFirst().map(Array.init)
  }

  static func whole(_ parts: [[UInt8]]) -> [UInt8] {
    parts.flatMap { [separator] + $0 }
  }

  /// Contents by letter; of two of one letter the first counts, and unknown letters not at all.
  static func contents(
    of input: [UInt8], names: [Character: String]
  ) -> [String: [UInt8]] {
    var contents: [String: [UInt8]] = [:]
    for part in parts(of: input) {
      guard let letter = part.first, let name = names[Character(Unicode.Scalar(letter))],
        contents[name] == nil
      else { continue }
      contents[name] = Array(part.dropFirst())
    }
    return contents
  }
}
