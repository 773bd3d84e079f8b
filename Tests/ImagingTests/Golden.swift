import Foundation
import Imaging
import Testing

/// The files that Scripts/fixtures/make_images.py wrote.
enum Golden {
  struct Index: Decodable {
    var pictures: [PictureEntry]
    var regions: [RegionEntry]
    var resizes: [ResizeEntry]
    var pushpulls: [PushPullEntry]
    var nearest: [NearestEntry]
  }

  struct PictureEntry: Decodable, Sendable, CustomTestStringConvertible {
    var file: String
    var width: Int
    var height: Int
    var channels: Int
    var depth: Int
    var tolerance: Int
    var notes: [String]
    var orientation: Int
    var testDescription: String { file }
  }

  struct RegionEntry: Decodable {
    var file: String
    var expected: String
  }

  struct ResizeEntry: Decodable {
    var file: String
    var filter: String
    var width: Int
    var height: Int
  }

  struct PushPullEntry: Decodable {
    var file: String
    var width: Int
    var height: Int
  }

  struct NearestEntry: Decodable {
    var file: String
    var width: Int
    var height: Int
    var toWidth: Int
    var toHeight: Int
  }

  static let index: Index = {
    do {
      return try JSONDecoder().decode(Index.self, from: Data(bytes("index.json")))
    } catch {
      return Index(pictures: [], regions: [], resizes: [], pushpulls: [], nearest: [])
    }
  }()

  static func bytes(_ name: String) throws -> [UInt8] {
    let folder = Bundle.module.resourceURL ?? URL(filePath: ".")
    return Array(try Data(contentsOf: folder.appending(path: "Fixtures/\(name)")))
  }

  static func floats(_ name: String) throws -> [Float] {
    try bytes(name).withUnsafeBytes { buffer in
      (0..<buffer.count / 4).map {
        Float(bitPattern: buffer.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self))
      }
    }
  }
}

extension Picture {
  /// Samples as numbers, whatever the depth.
  var samples: [Int] {
    if depth == 8 { return pixels.map(Int.init) }
    return pixels.withUnsafeBytes { $0.bindMemory(to: UInt16.self).map(Int.init) }
  }
}

/// Numbers by SplitMix64: the same on every machine.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension Picture {
  /// Noise of the given kind.
  static func random(
    width: Int, height: Int, channels: Int, depth: Int, profile: ICCProfile? = nil,
    using generator: inout SeededGenerator
  ) throws -> Picture {
    let samples = (0..<width * height * channels * depth / 8).map { _ in
      UInt8.random(in: 0...255, using: &generator)
    }
    return try Picture(
      width: width, height: height, channels: channels, depth: depth, samples: samples,
      profile: profile)
  }
}

extension Mask {
  static func random(
    width: Int, height: Int, share: Double, using generator: inout SeededGenerator
  ) throws -> Mask {
    let coverage = (0..<width * height).map { _ -> UInt8 in
      Double.random(in: 0..<1, using: &generator) < share ? 255 : 0
    }
    return try Mask(width: width, height: height, coverage: coverage)
  }

  /// A mask drawn with `#` for the hole.
  init(drawn rows: [String]) throws {
    try self.init(
      width: rows[0].count, height: rows.count,
      coverage: rows.flatMap { $0.map { $0 == "#" ? 255 : 0 } })
  }
}
