package import Compute
import Layers
import Tensors

/// What a storage of the weights costs in exactness and saves in memory: layer by layer on random
/// input, and for a whole pass of each network, always against weights in 32 bits.
package struct StorageComparison: Sendable, Encodable {
  /// One linear layer or convolution.
  package struct Layer: Sendable, Encodable {
    package let network: String
    package let name: String
    /// `[out, in]` or `[out, kernel height, kernel width, in]`.
    package let shape: [Int]
    /// Norm of the weights' differences over the norm of the weights.
    package let weightError: Double
    /// Largest difference of a weight.
    package let largestError: Double
    /// Norm of the output's differences over that of the output, on normal input.
    package let outputError: Double
    /// Bytes in memory in 32 bits, and as stored; the layout's padding included.
    package let bytes: Int
    package let storedBytes: Int
  }

  /// One network.
  package struct Network: Sendable, Encodable {
    package let name: String
    package let layers: Int
    package let weightError: Double
    package let largestError: Double
    /// Mean and largest of the layers' output errors.
    package let meanOutputError: Double
    package let largestOutputError: Double
    package let bytes: Int
    package let storedBytes: Int
    /// By what was computed: norm of the differences over the norm of the result.
    package var passes: [String: Double]
  }

  package let storage: WeightStorage
  package let layers: [Layer]
  package let networks: [Network]

  /// Compares the networks of one folder, loaded twice.
  package init(_ stored: EditorNetworks, with exact: EditorNetworks) throws(ModelError) {
    storage = stored.storage
    var (layers, networks): ([Layer], [Network]) = ([], [])
    for part in EditorPart.allCases {
      var comparing = LayerComparison(network: part.rawValue, seed: 1)
      for name in exact.cache(part).sites.keys.sorted(by: Self.naturally) {
        comparing.add(name, stored.cache(part), exact.cache(part))
      }
      layers += comparing.layers
      networks.append(comparing.network(passes: try PassComparison.errors(part, stored, exact)))
    }
    (self.layers, self.networks) = (layers, networks)
  }

  /// By the parts of names, numbers as numbers: `blocks.2` stands before `blocks.10`.
  private static func naturally(_ a: String, _ b: String) -> Bool {
    for (left, right) in zip(a.split(separator: "."), b.split(separator: ".")) where left != right {
      guard let first = Int(left), let second = Int(right) else { return left < right }
      return first < second
    }
    return a.utf8.count < b.utf8.count
  }
}

/// Compares the layers of one network.
private struct LayerComparison {
  private let name: String
  private var generator: TorchGenerator
  private(set) var layers: [StorageComparison.Layer] = []
  private var weights = Deviation()

  init(network: String, seed: UInt64) {
    name = network
    generator = TorchGenerator(seed: seed)
  }

  mutating func add(_ layer: String, _ stored: LayerCache, _ exact: LayerCache) {
    if let a: Linear = stored.layer(layer), let b: Linear = exact.layer(layer) {
      let x = generator.normal(shape: [1, 16, b.weight.shape[1]])
      add(
        layer, a.weight, b.weight, Deviation(of: a(x), from: b(x)), b.weightBytes, a.weightBytes)
    }
    if let a: Convolution2D = stored.layer(layer), let b: Convolution2D = exact.layer(layer) {
      let x = generator.normal(shape: [1, 8, 8, b.weight.shape[3]])
      add(
        layer, a.weight, b.weight, Deviation(of: a(x), from: b(x)), b.weightBytes, a.weightBytes)
    }
  }

  private mutating func add(
    _ layer: String, _ stored: Tensor, _ exact: Tensor, _ output: Deviation, _ bytes: Int,
    _ storedBytes: Int
  ) {
    let deviation = Deviation(of: stored, from: exact)
    weights.add(deviation)
    layers.append(
      StorageComparison.Layer(
        network: name, name: layer, shape: exact.shape.extents, weightError: deviation.relative,
        largestError: deviation.largest, outputError: output.relative, bytes: bytes,
        storedBytes: storedBytes))
  }

  func network(passes: [String: Double]) -> StorageComparison.Network {
    let errors = layers.map(\.outputError)
    return StorageComparison.Network(
      name: name, layers: layers.count, weightError: weights.relative,
      largestError: weights.largest,
      meanOutputError: errors.reduce(0, +) / Double(max(errors.count, 1)),
      largestOutputError: errors.max() ?? 0,
      bytes: layers.map(\.bytes).reduce(0, +), storedBytes: layers.map(\.storedBytes).reduce(0, +),
      passes: passes)
  }
}
