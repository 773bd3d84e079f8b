/// What can be wrong with a tokenizer folder; encoding itself never fails.
package enum TokenizerError: Error, Equatable {
  /// A file is missing, too large or cannot be read.
  case unreadable(file: String, reason: String)
  /// A file is not what its name says.
  case malformed(file: String, reason: String)
  /// A setting that would change the token ids and that this tokenizer does not follow.
  case unsupported(key: String, value: String)
  /// What was to be written cannot be.
  case unwritable(file: String, reason: String)
  /// A special token that has no id.
  case unknownToken(role: String, token: String)
}

extension TokenizerError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "cannot read \(file): \(reason); a CLIP tokenizer folder holds vocab.json and merges.txt or "
        + "tokenizer.json, a BERT one vocab.txt"
    case .unwritable(let file, let reason): "cannot write \(file): \(reason)"
    case .malformed(let file, let reason):
      "\(file) is malformed: \(reason); copy the tokenizer folder again from its source"
    case .unsupported(let key, let value):
      "the tokenizer setting \(key) = \(value) is not supported; use the folder of a CLIP or BERT tokenizer"
    case .unknownToken(let role, let token):
      "the \(role) \"\(token)\" is not in the vocabulary; add it to the vocabulary or the added tokens"
    }
  }
}
