import Foundation
import Models

/// A comparison of storages as text: aligned columns, layers first, then the networks.
struct ComparisonTable {
  private let comparison: StorageComparison

  init(_ comparison: StorageComparison) {
    self.comparison = comparison
  }

  var text: String {
    let storage = comparison.storage.rawValue
    let bytes = ["fp32 bytes", "\(storage) bytes"]
    let layers = comparison.layers.map { layer in
      [
        layer.network, layer.name, layer.shape.map(String.init).joined(separator: "x"),
        Self.number(layer.weightError), Self.number(layer.largestError),
        Self.number(layer.outputError), "\(layer.bytes)", "\(layer.storedBytes)",
      ]
    }
    let networks = comparison.networks.map { network in
      [
        network.name, "\(network.layers)", Self.number(network.weightError),
        Self.number(network.largestError), Self.number(network.meanOutputError),
        Self.number(network.largestOutputError), "\(network.bytes)", "\(network.storedBytes)",
        network.passes.sorted { $0.key < $1.key }
          .map { "\($0.key) \(Self.number($0.value))" }.joined(separator: ", "),
      ]
    }
    return """
      \(storage) against fp32; errors are relative, but for 'max weight'
      \(Self.table(
        ["network", "layer", "shape", "weights", "max weight", "output"] + bytes, layers,
        leftAligned: [0, 1, 2]))

      \(Self.table(
        ["network", "layers", "weights", "max weight", "mean output", "max output"] + bytes
          + ["whole pass"], networks, leftAligned: [0, 8]))
      """
  }

  private static func number(_ value: Double) -> String { String(format: "%.2e", value) }

  private static func table(
    _ titles: [String], _ rows: [[String]], leftAligned: Set<Int>
  ) -> String {
    let widths = titles.indices.map { column in
      ([titles] + rows).map { $0[column].count }.max() ?? 0
    }
    return ([titles] + rows).map { row in
      let cells = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return leftAligned.contains(column) ? cell + space : space + cell
      }
      return cells.joined(separator: "  ").trimmingCharacters(in: .whitespaces)
    }.joined(separator: "\n")
  }
}
