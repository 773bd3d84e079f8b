import FoundationEssentials

/// Reads the files of a tokenizer folder as the reference does, `tokenizer.json` first.
struct TokenizerFolder {
  private(set) var vocabulary: [String: Int32]
  private(set) var merges: [(String, String)]
  private(set) var configuration: TokenizerConfiguration
  /// Begin and end token ids that `tokenizer.json` states, to be checked.
  private(set) var statedFrame: (begin: Int32, end: Int32)?

  private static let maximumBytes = 64 << 20

  init(path: String) throws(TokenizerError) {
    configuration =
      try Self.json(TokenizerConfiguration.self, path, "tokenizer_config.json")
      ?? TokenizerConfiguration()
    let isSelfContained = configuration.addedTokens != nil
    if let file = try Self.json(TokenizerFile.self, path, "tokenizer.json") {
      vocabulary = file.model.vocabulary
      merges = file.model.merges
      statedFrame = file.frame
      configuration.addedTokens = configuration.addedTokens ?? file.addedTokens
    } else {
      vocabulary = try Self.required(
        Self.json([String: Int32].self, path, "vocab.json"), "vocab.json")
      let text = try Self.required(Self.read(path, "merges.txt"), "merges.txt")
      merges = try Self.parseMerges(text)
    }
    if !isSelfContained { try mergeOlderFiles(path) }
    if let wrong = vocabulary.first(where: { $0.value < 0 || $0.value >= 1 << 30 }) {
      throw .malformed(file: "vocab.json", reason: "id \(wrong.value) of \"\(wrong.key)\"")
    }
  }

  private mutating func mergeOlderFiles(_ path: String) throws(TokenizerError) {
    let map = try Self.json(TokenizerConfiguration.self, path, "special_tokens_map.json")
    if let map { configuration.merge(map) }
    guard let added = try Self.json([String: Int32].self, path, "added_tokens.json") else { return }
    let specials = Set(
      [
        configuration.bosToken, configuration.eosToken, configuration.unkToken,
        configuration.padToken,
      ].compactMap(\.?.content) + configuration.extraTokens.map(\.content))
    configuration.addedTokens =
      (configuration.addedTokens ?? [])
      + added.map { content, id in
        AddedToken(content: content, isNormalized: !specials.contains(content), statedID: id)
      }.sorted { ($0.statedID ?? 0) < ($1.statedID ?? 0) }
  }

  static func parseMerges(_ data: Data) throws(TokenizerError) -> [(String, String)] {
    guard let text = String(validating: data, as: UTF8.self) else {
      throw .malformed(file: "merges.txt", reason: "it is not UTF-8")
    }
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

  private static func required<Value>(
    _ value: Value?, _ name: String
  ) throws(TokenizerError) -> Value {
    guard let value else { throw .unreadable(file: name, reason: "there is no such file") }
    return value
  }

  private static func json<Value: Decodable>(
    _ type: Value.Type, _ path: String, _ name: String
  ) throws(TokenizerError) -> Value? {
    guard let data = try read(path, name) else { return nil }
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch let error as TokenizerError {
      throw error
    } catch {
      throw .malformed(file: name, reason: "\(error)")
    }
  }

  /// The bytes of a file, nil where there is none.
  private static func read(_ path: String, _ name: String) throws(TokenizerError) -> Data? {
    let file = path + "/" + name
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: file) else {
      return nil
    }
    if let size = attributes[.size] as? Int, size > maximumBytes {
      throw .unreadable(file: name, reason: "it has \(size) bytes, more than \(maximumBytes)")
    }
    do {
      return try Data(contentsOf: URL(filePath: file))
    } catch {
      throw .unreadable(file: name, reason: "\(error)")
    }
  }
}
