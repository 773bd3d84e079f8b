import Foundation

/// A folder for the files of one input, gone with its last use.
///
/// It lies in `TMPDIR`, which the fuzzer sets to memory.
final class ScratchFolder {
  let path: String
  private let folders: [String]
  /// What stands there between inputs.
  private let base: [String: [UInt8]]

  /// - Parameters:
  ///   - folders: made inside it.
  ///   - base: texts of files that are there unless an input brings its own.
  init(folders: [String] = [], base: [String: String] = [:]) throws {
    path = FileManager.default.temporaryDirectory.path + "/fuzz-\(UUID().uuidString)"
    self.folders = folders
    self.base = base.mapValues { Array($0.utf8) }
    for folder in [path] + folders.map({ "\(path)/\($0)" }) {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
    for (name, bytes) in self.base { try put(bytes, name) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Puts files there for as long as `body` runs.
  func with<Result>(_ files: [String: [UInt8]], _ body: () -> Result) throws -> Result {
    defer {
      for name in files.keys {
        if let bytes = base[name] { try? put(bytes, name) } else { unlink("\(path)/\(name)") }
      }
    }
    for (name, bytes) in files { try put(bytes, name) }
    return body()
  }

  private func put(_ bytes: [UInt8], _ name: String) throws {
    guard let file = fopen("\(path)/\(name)", "we") else { throw POSIXError(.EIO) }
    let written = fwrite(bytes, 1, bytes.count, file)
    guard fclose(file) == 0, written == bytes.count else { throw POSIXError(.EIO) }
  }
}
