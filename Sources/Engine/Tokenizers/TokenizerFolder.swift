/// Reads the files of a tokenizer folder as the reference does, `tokenizer.json` first.
struct TokenizerFolder {
  private(set) var vocabulary: [String: Int32]
  private(set) var merges: [(String, String)]
  private(set) var configuration: TokenizerConfiguration
  /// Begin and end token ids that `tokenizer.json` states, to be checked.
  private(set) var statedFrame: (begin: Int32, end: Int32)?

  private static let classes = ["CLIPTokenizer", "CLIPTokenizerFast"]

  init(path: String) throws(TokenizerError) {
    let files = TokenizerFiles(path: path)
    configuration =
      try files.json(TokenizerConfiguration.self, "tokenizer_config.json")
      ?? TokenizerConfiguration()
    try configuration.require(classes: Self.classes)
    let isSelfContained = configuration.addedTokens != nil
    if let file = try files.json(TokenizerFile.self, "tokenizer.json") {
      vocabulary = file.model.vocabulary
      merges = file.model.merges
      statedFrame = file.frame
      configuration.addedTokens = configuration.addedTokens ?? file.addedTokens
    } else {
      vocabulary = try TokenizerFiles.required(
        files.json([String: Int32].self, "vocab.json"), "vocab.json")
      merges = try Self.parseMerges(try files.text("merges.txt"))
    }
    if !isSelfContained { try mergeOlderFiles(files) }
    if let wrong = vocabulary.first(where: { $0.value < 0 || $0.value >= 1 << 30 }) {
      throw .malformed(file: "vocab.json", reason: "id \(wrong.value) of \"\(wrong.key)\"")
    }
  }

  private mutating func mergeOlderFiles(_ files: TokenizerFiles) throws(TokenizerError) {
    let map = try files.json(TokenizerConfiguration.self, "special_tokens_map.json")
    if let map { configuration.merge(map) }
    guard let added = try files.json([String: Int32].self, "added_tokens.json") else { return }
    configuration.add(added)
  }

  static func parseMerges(_ text: String) throws(TokenizerError) -> [(String, String)] {
    var merges: [(String, String)] = []
    for (number, line) in text.split(separator: /\r?\n/, omittingEmptySubsequences: false)
      .enumerated()
    {
      let isLast = line.isEmpty && line.endIndex == text.endIndex
      if line.hasPrefix("#version") || isLast { continue }
      let parts = line.split(separator: " ", omittingEmptySubsequences: false)
      guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
        throw .malformed(file: "merges.txt", reason: "line \(number + 1) is not two tokens")
      }
      merges.append((String(parts[0]), String(parts[1])))
    }
    return merges
  }
}
