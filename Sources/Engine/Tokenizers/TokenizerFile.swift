/// `tokenizer.json`, of which the reference's CLIP tokenizer uses the vocabulary, the merges, the
/// added tokens and the frame of begin and end; normaliser and splitter are its own.
struct TokenizerFile: Decodable {
  struct Model: Decodable {
    let vocabulary: [String: Int32]
    let merges: [(String, String)]

    private enum CodingKeys: String, CodingKey {
      case type
      case vocabulary = "vocab"
      case merges
    }

    init(from decoder: any Decoder) throws {
      let object = try decoder.container(keyedBy: CodingKeys.self)
      let type = try object.decodeIfPresent(String.self, forKey: .type) ?? "BPE"
      guard type == "BPE" else { throw TokenizerError.unsupported(key: "model.type", value: type) }
      vocabulary = try object.decode([String: Int32].self, forKey: .vocabulary)
      merges = try object.decode([Pair].self, forKey: .merges).map { ($0.left, $0.right) }
    }
  }

  /// A merge, written `"a b"` or `["a", "b"]`.
  private struct Pair: Decodable {
    let left: String
    let right: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      let parts: [String]
      if let text = try? container.decode(String.self) {
        parts = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      } else {
        parts = try container.decode([String].self)
      }
      guard parts.count == 2 else {
        throw TokenizerError.malformed(file: "tokenizer.json", reason: "a merge is two tokens")
      }
      (left, right) = (parts[0], parts[1])
    }
  }

  private struct Frame: Decodable {
    let type: String
    let begin: StatedToken?
    let end: StatedToken?

    private enum CodingKeys: String, CodingKey {
      case type
      case begin = "cls"
      case end = "sep"
    }
  }

  /// A token and its id, written `["<|endoftext|>", 49407]`.
  private struct StatedToken: Decodable {
    let id: Int32

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      _ = try list.decode(String.self)
      id = try list.decode(Int32.self)
    }
  }

  private enum CodingKeys: String, CodingKey {
    case model
    case addedTokens = "added_tokens"
    case frame = "post_processor"
  }

  let model: Model
  let addedTokens: [AddedToken]
  let frame: (begin: Int32, end: Int32)?

  init(from decoder: any Decoder) throws {
    let object = try decoder.container(keyedBy: CodingKeys.self)
    model = try object.decode(Model.self, forKey: .model)
    addedTokens = try object.decodeIfPresent([AddedToken].self, forKey: .addedTokens) ?? []
    let frame = try object.decodeIfPresent(Frame.self, forKey: .frame)
    if let frame, frame.type != "RobertaProcessing" {
      throw TokenizerError.unsupported(key: "post_processor.type", value: frame.type)
    }
    if let begin = frame?.begin, let end = frame?.end {
      self.frame = (begin.id, end.id)
    } else {
      self.frame = nil
    }
  }
}
