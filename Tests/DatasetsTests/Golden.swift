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
