import FoundationEssentials

/// The files of a tokenizer's folder, each read whole and none larger than a tokenizer needs.
struct TokenizerFiles {
  let path: String

  private static let maximumBytes = 64 << 20

  /// The bytes of a file; nothing where there is none.
  func data(_ name: String) throws(TokenizerError) -> Data? {
    let file = path + "/" + name
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: file) else {
      return nil
    }
    if let size = attributes[.size] as? Int, size > Self.maximumBytes {
      throw .unreadable(file: name, reason: "it has \(size) bytes, more than \(Self.maximumBytes)")
    }
    do {
      return try Data(contentsOf: URL(filePath: file))
    } catch {
      throw .unreadable(file: name, reason: "\(error)")
    }
  }

  /// The text of a file that must be there.
  func text(_ name: String) throws(TokenizerError) -> String {
    let data = try Self.required(data(name), name)
    guard let text = String(validating: data, as: UTF8.self) else {
      throw .malformed(file: name, reason: "it is not UTF-8")
    }
    return text
  }

  /// What a JSON file holds; nothing where there is none.
  func json<Value: Decodable>(
    _ type: Value.Type, _ name: String
  ) throws(TokenizerError) -> Value? {
    guard let data = try data(name) else { return nil }
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch let error as TokenizerError {
      throw error
    } catch {
      throw .malformed(file: name, reason: "\(error)")
    }
  }

  static func required<Value>(_ value: Value?, _ name: String) throws(TokenizerError) -> Value {
    guard let value else { throw .unreadable(file: name, reason: "there is no such file") }
    return value
  }
}
