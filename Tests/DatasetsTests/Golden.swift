import Foundation
import Testing

@testable import Datasets

/// Files made by `Scripts/fixtures/make_datasets.py`.
enum Golden {
  static func path(_ name: String) throws -> String {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    return folder.appending(path: name).path
  }

  static func json<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(contentsOf: URL(fileURLWithPath: path(name))))
  }
}

/// A folder that exists as long as this value.
final class ScratchFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "datasets-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, with the folders above it, and returns its path.
  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = "\(path)/\(name)"
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }
}

/// The error that `work` throws; a failed expectation where it throws none.
func failure<Result>(_ work: () throws(DatasetError) -> Result) throws -> DatasetError {
  do throws(DatasetError) {
    _ = try work()
  } catch { return error }
  throw Missing()
}

struct Missing: Error, CustomStringConvertible {
  let description = "an error was expected"
}
