import Checkpoints
import Compute
import Layers
import Tensors

/// How the layers of one network are built of its weights.
struct LayerBuilding: WeightStore.Companion {
  /// Remembers the layers, without `adapters`; nothing where the network is built once.
  var cache: LayerCache?
  var storage = WeightStorage.float32
  /// Added to the weights before they are packed, by `AdapterKey`'s names.
  var merged: [(factors: [String: LowRankFactors], weight: Float)] = []
  /// Computed beside the layers of these names.
  var adapters: [String: [LowRank]] = [:]

  /// The weights with every merged change that fits; what does not is refused when all layers are
  /// known.
  func changed(_ weight: Tensor, _ name: String, _ site: LayerSite) -> Tensor {
    guard !merged.isEmpty else { return weight }
    let name = AdapterKey.flattened(name)
    return merged.reduce(weight) { sum, adapter in
      guard let factors = adapter.factors[name], factors.fits(site) else { return sum }
      return sum + factors.change(shape: sum.shape, weight: adapter.weight)
    }
  }
}

extension WeightStore {
  var building: LayerBuilding { companion as? LayerBuilding ?? LayerBuilding() }

  /// The same weights, built in another way.
  func built(_ building: LayerBuilding) -> WeightStore {
    var weights = self
    weights.companion = building
    return weights
  }

  /// A layer's weights with what is merged into them; throws where the storage cannot hold them.
  func storable(
    _ weight: Tensor, _ name: String, _ site: LayerSite
  ) throws(CheckpointError) -> Tensor {
    let weight = building.changed(weight, name, site)
    guard building.storage == .float16 else { return weight }
    let largest = weight.withUnsafeBufferPointer { $0.reduce(0) { max($0, abs($1)) } }
    // What lies half a step above the largest number of 16 bits is rounded to infinity.
    guard largest < 65_520 else {
      throw .unstorable(path: path, tensor: "\(name).weight", value: largest, storage: "fp16")
    }
    return weight
  }

  /// The layer of this name from the cache, or else a new one, which the cache then keeps.
  mutating func remembered<Layer: Sendable>(
    _ name: String, site: LayerSite? = nil,
    _ build: (inout WeightStore) throws(CheckpointError) -> Layer
  ) throws(CheckpointError) -> Layer {
    guard let cache = building.cache else { return try build(&self) }
    if let layer: Layer = cache.layer(name) { return layer }
    let layer = try build(&self)
    cache.keep(layer, as: name, site: site)
    return layer
  }
}
