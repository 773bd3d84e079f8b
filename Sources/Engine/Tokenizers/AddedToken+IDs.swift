extension AddedToken {
  /// Gives each token its id in the vocabulary or the next free one, as the reference counts them;
  /// of tokens of the same content the last one tells how it is looked for.
  static func assignIDs(
    _ tokens: [AddedToken], vocabularyCount: Int, id known: (String) -> Int32?
  ) throws(TokenizerError) -> [(token: AddedToken, id: Int32)] {
    var added: [(token: AddedToken, id: Int32)] = []
    var next = Int32(clamping: vocabularyCount)
    for token in tokens where !token.content.isEmpty {
      if let index = added.firstIndex(where: { $0.token.content == token.content }) {
        added[index].token = token
        continue
      }
      let id = known(token.content) ?? next
      if id == next { next += 1 }
      if let stated = token.statedID, stated != id {
        throw .malformed(
          file: "the added tokens", reason: "\"\(token.content)\" has id \(stated), not \(id)")
      }
      added.append((token, id))
    }
    return added
  }
}
