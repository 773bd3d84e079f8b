import Foundation
import Imaging

@testable import Editing

/// A hole drawn by hand: true = edit.
struct Hole {
  let width: Int
  let height: Int
  private(set) var isEdited: [Bool]

  init(width: Int, height: Int, all: Bool = false) {
    (self.width, self.height) = (width, height)
    isEdited = [Bool](repeating: all, count: width * height)
  }

  /// Boxes `x, y, width, height`, cut at the borders.
  init(width: Int, height: Int, boxes: [(Int, Int, Int, Int)]) {
    self.init(width: width, height: height)
    for (x, y, w, h) in boxes {
      for row in y..<y + h { for column in x..<x + w { mark(column, row) } }
    }
  }

  mutating func mark(_ x: Int, _ y: Int) {
    guard x >= 0, y >= 0, x < width, y < height else { return }
    isEdited[y * width + x] = true
  }

  mutating func keep(_ x: Int, _ y: Int) { isEdited[y * width + x] = false }

  /// White = edit, 8 bits of grey.
  var png: [UInt8] {
    TinyPNG(
      width: width, height: height, kind: .grey, samples: isEdited.map { $0 ? 255 : 0 }
    ).bytes
  }
}

/// A smooth scene with an edge and a little grain, as a file.
enum Scene {
  static func png(width: Int, height: Int, seed: UInt64 = 1) -> [UInt8] {
    var generator = SeededGenerator(seed)
    let phase = Double.random(in: 0...6, using: &generator)
    let horizon = Double.random(in: 0.3...0.7, using: &generator)
    let sky = (0..<3).map { _ in Double.random(in: 90...230, using: &generator) }
    let ground = (0..<3).map { _ in Double.random(in: 40...180, using: &generator) }
    var samples: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let (u, v) = (Double(x) / Double(width), Double(y) / Double(height))
        let edge = horizon + 0.05 * sin(5 * u + phase)
        for channel in 0..<3 {
          let base = v < edge ? sky[channel] * (1 - 0.3 * v) : ground[channel] * (0.7 + 0.4 * v)
          let grain = Double.random(in: -4...4, using: &generator)
          samples.append(UInt8(min(255, max(0, base + 10 * sin(9 * u + phase) + grain))))
        }
      }
    }
    return TinyPNG(width: width, height: height, kind: .rgb, samples: samples).bytes
  }
}

extension Picture {
  /// Samples as numbers, whatever the depth.
  var samples: [Int] {
    if depth == 8 { return pixels.map(Int.init) }
    return pixels.withUnsafeBytes { $0.bindMemory(to: UInt16.self).map(Int.init) }
  }

  /// How many pixels of this picture are others in a result that holds it at an offset, but for
  /// those that may be edited; the hole is of the result's size.
  func changedPixels(in result: Picture, offset: (x: Int, y: Int) = (0, 0), hole: Hole?) -> Int {
    let (before, after) = (samples, result.samples)
    var changed = 0
    for y in 0..<height {
      for x in 0..<width {
        let place = (y + offset.y) * result.width + x + offset.x
        guard hole?.isEdited[place] != true else { continue }
        let (old, new) = ((y * width + x) * channels, place * channels)
        changed += before[old..<old + channels] == after[new..<new + channels] ? 0 : 1
      }
    }
    return changed
  }
}
