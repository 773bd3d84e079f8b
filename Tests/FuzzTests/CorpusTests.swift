import Foundation
import FuzzTargets
import Testing

/// The fuzzer's corpora, read as in `Scripts/fuzz` but without it.
@Suite struct `The corpus of a fuzz target` {
  private static let names = FuzzTargets.all.map { $0.name }

  /// `Fuzz/Corpus/NAME` of the repository.
  private func corpus(_ name: String) throws -> [(name: String, bytes: [UInt8])] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Fuzz/Corpus/\(name)").standardizedFileURL
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { file in
      (file, [UInt8](try Data(contentsOf: folder.appending(path: file))))
    }
  }

  private func target(_ name: String) throws -> any FuzzTarget {
    try #require(FuzzTargets.named(name)).init()
  }

  @Test(arguments: names) func `is read without a fault, and what is sound is accepted`(
    name: String
  ) throws {
    let target = try target(name)
    var refused = 0
    for (file, bytes) in try corpus(name) {
      switch target.read(bytes) {
      case .accepted: break
      case .refused(let reason):
        refused += 1
        #expect(!file.hasPrefix("sound-"), "\(file): \(reason)")
        #expect(!reason.isEmpty)
      case .wrong(let fault): Issue.record("\(file): \(fault)")
      }
    }
    #expect(refused > 10, "a corpus without unsound inputs says little")
  }

  @Test(arguments: names) func `is still sound when its parts are cut and joined`(
    name: String
  ) throws {
    let target = try target(name)
    let type = Swift.type(of: target)
    for (file, bytes) in try corpus(name) where file.hasPrefix("sound-") {
      let parts = type.parts(of: bytes)
      let whole = type.whole(parts)
      #expect(type.parts(of: whole) == parts, "\(file)")
      #expect(target.read(whole) == .accepted, "\(file)")
    }
  }

  @Test(arguments: names) func `may be cut off anywhere`(name: String) throws {
    let target = try target(name)
    for (file, bytes) in try corpus(name) where file.hasPrefix("sound-") {
      for count in stride(from: 0, to: bytes.count, by: 1 + bytes.count / 64) {
        if case .wrong(let fault) = target.read(Array(bytes[..<count])) {
          Issue.record("\(file), \(count) bytes: \(fault)")
        }
      }
    }
  }
}
