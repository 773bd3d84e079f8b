import Layers
import Locks

/// What a layer with weights looks like from outside.
struct LayerSite: Sendable, Equatable {
  let outputs: Int
  let inputs: Int
  /// Height and width of the kernel; 1 for a linear layer.
  var kernel = 1
  var stride = 1
  var padding = Padding.none
  var isConvolution = false
}

/// The layers of one network by name, as they were built of its weights: the network can be built
/// again of them without its files, in about a millisecond, with other adapters.
final class LayerCache: Sendable {
  private struct Contents {
    var layers: [String: any Sendable] = [:]
    var sites: [String: LayerSite] = [:]
  }

  private let contents = Lock(Contents())

  /// Layers that adapters can change.
  var sites: [String: LayerSite] { contents.withLock { $0.sites } }

  func layer<Layer: Sendable>(_ name: String, as _: Layer.Type = Layer.self) -> Layer? {
    contents.withLock { $0.layers[name] } as? Layer
  }

  func keep(_ layer: some Sendable, as name: String, site: LayerSite? = nil) {
    contents.withLock {
      $0.layers[name] = layer
      $0.sites[name] = site
    }
  }
}
