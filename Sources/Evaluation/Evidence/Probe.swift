import Checkpoints
import Foundation
package import Imaging
import Models
import Tensors

/// A trained probe: `config.json` and `model.safetensors` of a folder.
package struct Probe: Sendable {
  struct Settings: Codable {
    var network: ConvolutionalClassifierConfiguration
    var classes: ProbeClasses

    func write(to folder: String) throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try encoder.encode(self).write(
        to: URL(fileURLWithPath: "\(folder)/config.json"), options: .atomic)
    }
  }

  static let weightsFile = "model.safetensors"

  package let classes: ProbeClasses
  private let view: ProbeView
  private let network: ConvolutionalClassifier

  /// - Throws: `EvidenceError.unusableProbe` where the folder holds none.
  package init(folder: String) throws {
    let path = "\(folder)/config.json"
    guard let data = FileManager.default.contents(atPath: path),
      let settings = try? JSONDecoder().decode(Settings.self, from: data),
      settings.network.isSound, settings.network.classes == settings.classes.count
    else {
      throw EvidenceError.unusableProbe(
        path: path, reason: "is no probe; 'byteedit evaluate probe' trains one")
    }
    classes = settings.classes
    view = ProbeView(side: settings.network.side)
    network = try ConvolutionalClassifier(
      configuration: settings.network, weights: try WeightStore(folder: folder))
  }

  /// What the hole of each picture shows, by number.
  package func verdicts(_ pictures: [FloatImage], holes: [Mask]) throws -> [Int] {
    let views = try zip(pictures, holes).map { try view($0, hole: $1) }
    return views.isEmpty ? [] : Self.largest(try network(Self.pixels(views)))
  }

  /// `[pictures, side, side, 3]` in -1...1.
  static func pixels(_ views: [FloatImage]) -> Tensor {
    let side = views.first?.width ?? 0
    return Tensor(
      views.flatMap { $0.pixels.map { 2 * $0 - 1 } }, shape: [views.count, side, side, 3])
  }

  /// The place of each row's largest value.
  static func largest(_ logits: Tensor) -> [Int] {
    let (values, width) = (logits.values, logits.shape[1])
    return (0..<logits.shape[0]).map { row in
      let row = values[row * width..<(row + 1) * width]
      return (row.indices.max { row[$0] < row[$1] } ?? row.startIndex) - row.startIndex
    }
  }
}
