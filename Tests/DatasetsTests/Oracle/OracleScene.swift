import Glibc
import Imaging

@testable import Datasets

/// A shaded, textured disc on a textured background, as a renderer would know it.
enum OracleScene {
  static let side = 64

  /// - Parameter object: whether the disc was asked for.
  static func reference(seed: UInt64 = 1, object: Bool = true) throws -> OracleReference {
    var generator = SplitMix(seed: seed)
    let tint = (generator.uniform(0.1..<0.3), generator.uniform(0.3..<0.6))
    var (background, target): ([Float], [Float]) = ([], [])
    var (instance, hole): ([UInt8], [UInt8]) = ([], [])
    for y in 0..<side {
      for x in 0..<side {
        let grain = 0.03 * (generator.uniform() - 0.5)
        let sky = 0.5 + 0.1 * Double(y) / Double(side) + grain
        background += [Float(sky * 0.8), Float(sky * 0.9), Float(sky)]
        let (dx, dy) = (Double(x) - 32, Double(y) - 32)
        let isInside = dx * dx + dy * dy < 16 * 16
        let stripes = 0.06 * sin(Double(x) * 1.3) * cos(Double(y) * 0.9)
        let shade = 0.55 - 0.012 * dx - 0.008 * dy + stripes
        target +=
          isInside
          ? [Float(shade + tint.1 * 0.5), Float(shade * tint.0), Float(shade * tint.0)]
          : Array(background.suffix(3))
        instance.append(isInside ? 255 : 0)
        hole.append(abs(dx) < 20 && abs(dy) < 20 ? 255 : 0)
      }
    }
    let clean = try FloatImage(width: side, height: side, channels: 3, pixels: background)
    return try OracleReference(
      background: clean,
      target: object
        ? try FloatImage(width: side, height: side, channels: 3, pixels: target) : clean,
      instance: object ? try Mask(width: side, height: side, coverage: instance) : nil,
      hole: try Mask(width: side, height: side, coverage: hole))
  }
}
