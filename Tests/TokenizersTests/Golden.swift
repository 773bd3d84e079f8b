import Foundation
import TestSupport
import Testing

@testable import Tokenizers

/// The golden files of `Scripts/fixtures/make_tokens.py`.
enum Golden {
  struct Prompt: Decodable {
    let text: String
    let starter: [Int]
    let starterCut: [Int]?
    let multilingual: [Int]
    let multilingualCut: [Int]?
  }

  /// Prompts with ten hexadecimal digits each for their ids by either tokenizer.
  struct Many: Decodable {
    let texts: [String]
    let starter: String
    let multilingual: String
  }

  struct Variant: Decodable {
    struct Case: Decodable {
      let text: String
      let ids: [Int]
    }

    let name: String
    let padding: Int
    let prompts: [Case]
  }

  static func path(_ name: String) throws -> String {
    let folder = try #require(Bundle.module.resourcePath)
    return folder + "/Fixtures/" + name
  }

  static func data(_ name: String) throws -> Data {
    try Data(contentsOf: URL(filePath: path(name)))
  }

  static func decode<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
    try JSONDecoder().decode(type, from: data(name))
  }

  static func tokenizer(_ name: String) throws -> CLIPTokenizer {
    try CLIPTokenizer(folder: path(name))
  }
}

extension ScratchFolder {
  /// A tokenizer's folder, with files of a golden one.
  convenience init(copying name: String, files: [String] = ["vocab.json", "merges.txt"]) throws {
    try self.init()
    for file in files { try write(file, Golden.data(name + "/" + file)) }
  }
}
