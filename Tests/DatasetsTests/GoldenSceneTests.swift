import Foundation
import Testing

@testable import Datasets

/// The same numbers give the same pictures on every machine and in every version.
///
/// Where a change of the generator is meant, print the new hashes with BYTEEDIT_HASHES=1.
struct GoldenSceneTests {
  /// FNV-1a over picture, background and hole in 8 bits.
  static func hash(_ example: EditExample) -> String {
    let levels = [example.picture, example.clean].flatMap(\.pixels).map { UInt8($0 * 255 + 0.5) }
    let sum = (levels + example.mask.coverage).reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    return String(sum, radix: 16)
  }

  static let golden = [
    "8228757040e85bbb",
    "77da248798165e7",
    "8ea8d8ac9c012563",
    "719ecc55f8b381fa",
    "cb189bf1545ffcf1",
    "b0917879f9b389d0",
    "653421940b8fe849",
    "667d479afdb764d1",
    "9627ee5c1aaa4828",
    "be9c62c571d5c270",
    "34e06ef4f7c81b54",
    "5eb39aa8174aa98b",
  ]

  @Test func `twelve examples have the hashes that they had when they were looked at`() throws {
    let generator = try SceneGenerator(side: 64, seed: 20)
    let hashes = try (0..<12).map { Self.hash(try generator.example(at: $0)) }
    if ProcessInfo.processInfo.environment["BYTEEDIT_HASHES"] != nil { print(hashes) }
    #expect(hashes == Self.golden)
  }

  @Test func `every kind of scene is among the hashed ones or their neighbours`() throws {
    let generator = try SceneGenerator(side: 64, seed: 20)
    let kinds = Set((0..<200).map { generator.plan(at: $0).backdrop.kind })
    #expect(kinds.count == SceneKind.allCases.count - 1)
  }
}
