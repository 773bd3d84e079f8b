import Foundation
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

/// A tokenizer folder that is gone after the test.
struct TemporaryFolder: ~Copyable {
  let path: String

  init(copying name: String? = nil, files: [String] = ["vocab.json", "merges.txt"]) throws {
    path = FileManager.default.temporaryDirectory.path + "/tokenizer-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard let name else { return }
    for file in files { try write(Golden.data(name + "/" + file), to: file) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ data: Data, to file: String) throws {
    try data.write(to: URL(filePath: path + "/" + file))
  }

  func write(_ text: String, to file: String) throws {
    try write(Data(text.utf8), to: file)
  }
}
