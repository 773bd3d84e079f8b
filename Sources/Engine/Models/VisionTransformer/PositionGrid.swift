import Checkpoints
import Tensors

/// Learnt positions on a square grid, brought to another grid by bicubic interpolation without
/// anti-aliasing (BLIP's `interpolate_pos_embed`; torch's `interpolate` with `bicubic` and
/// `align_corners=False`).
enum PositionGrid {
  /// `[1, tokens, width]` for the configuration's grid, from a table of that or another grid.
  static func take(
    _ name: String, _ configuration: VisionTransformerConfiguration, _ weights: inout WeightStore
  ) throws(CheckpointError) -> Tensor {
    let (width, first) = (configuration.width, configuration.hasClassToken ? 1 : 0)
    let stored = weights.shape(of: name)?.dropFirst().first ?? configuration.tokens
    let grid = Int(Double(max(stored - first, 0)).squareRoot())
    guard stored != configuration.tokens, grid > 0, grid * grid + first == stored else {
      return try weights.table(name, shape: [1, configuration.tokens, width])
    }
    let table = try weights.table(name, shape: [1, stored, width])
    let patches = table.slice(first..<stored, axis: 1).reshaped([grid, grid, width])
    let resized = resized(patches, to: configuration.grid)
      .reshaped([1, configuration.tokens - first, width])
    guard first > 0 else { return resized }
    return Tensor.concatenated([table.slice(0..<first, axis: 1), resized], axis: 1)
  }

  /// `[grid, grid, width]` to `[side, side, width]`.
  static func resized(_ table: Tensor, to side: Int) -> Tensor {
    let (grid, width) = (table.shape[0], table.shape[2])
    let matrix = matrix(from: grid, to: side)
    let rows = matrix.matrixProduct(table.reshaped([grid, grid * width]))
    return matrix.broadcast(to: [side, side, grid])
      .matrixProduct(rows.reshaped([side, grid, width]))
  }

  /// What every old place gives to every new one, `[new, old]`.
  private static func matrix(from old: Int, to new: Int) -> Tensor {
    var values = [Float](repeating: 0, count: new * old)
    for place in 0..<new {
      let centre = (Double(place) + 0.5) * Double(old) / Double(new) - 0.5
      let first = Int(centre.rounded(.down))
      for tap in first - 1...first + 2 {
        let source = min(max(tap, 0), old - 1)
        values[place * old + source] += Float(kernel(abs(centre - Double(tap))))
      }
    }
    return Tensor(values, shape: [new, old])
  }

  /// Keys 1981, with torch's a = -0.75.
  private static func kernel(_ x: Double) -> Double {
    let a = -0.75
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    if x < 2 { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
    return 0
  }
}
