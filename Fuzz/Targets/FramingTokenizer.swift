import Tokenizers

/// What both tokenizers promise of every text.
protocol FramingTokenizer {
  var beginID: Int { get }
  var endID: Int { get }
  var maximumLength: Int? { get }
  var vocabularySize: Int { get }
  func encode(_ text: String, maxLength: Int?) -> TokenizedPrompt
}

extension CLIPTokenizer: FramingTokenizer {}
extension WordPieceTokenizer: FramingTokenizer {}

extension FramingTokenizer {
  /// What it does not keep of its promises for a text.
  func fault(with text: String) -> String? {
    // Padding to a million ids takes the fuzzer's time and nothing else.
    let lengths = maximumLength ?? 0 > 4096 ? [8] : [nil, 8]
    for length in lengths {
      let encoded = encode(text, maxLength: length)
      guard encoded.ids.allSatisfy((0..<vocabularySize).contains) else {
        return "an id beyond the vocabulary of \(vocabularySize)"
      }
      guard encoded.ids.first == beginID, encoded.ids.contains(endID) else {
        return "no begin or no end"
      }
      if let length = length ?? maximumLength, encoded.ids.count != length {
        return "\(encoded.ids.count) ids, asked for \(length)"
      }
    }
    return nil
  }
}
