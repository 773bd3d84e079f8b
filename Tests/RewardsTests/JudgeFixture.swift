import Foundation

/// A judge's folder under construction, gone when the test is over.
final class JudgeFixture: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/judge-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  func write(_ name: String, _ text: String) throws {
    try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
