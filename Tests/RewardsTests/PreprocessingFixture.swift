import Checkpoints
import Foundation
import Imaging
import Tensors

/// Files that `Scripts/fixtures` wrote for this room.
enum Fixtures {
  static func path(_ name: String) -> String {
    let resources = Bundle.module.resourceURL ?? URL(fileURLWithPath: ".")
    return resources.appendingPathComponent("Fixtures/\(name)").path
  }
}

extension SafetensorsFile {
  /// A picture that was stored as 8-bit samples `[height, width, channels]`.
  func picture(_ name: String) throws -> FloatImage {
    let shape = entries[name]?.shape ?? []
    guard shape.count == 3 else { throw CocoaError(.fileReadCorruptFile) }
    return try FloatImage(
      width: shape[1], height: shape[0], channels: shape[2],
      pixels: try integers(name).map { Float($0) / 255 })
  }
}

/// The largest difference of two tensors' values; infinite for different shapes.
func largestDifference(_ a: Tensor, _ b: Tensor) -> Float {
  guard a.shape == b.shape else { return .infinity }
  return zip(a.values, b.values).map { abs($0 - $1) }.max() ?? 0
}
