import Checkpoints
import Layers

/// An adapter that fits one model's layers, ready to be computed beside them.
package struct Adapter: Sendable {
  /// SHA-256 of its file.
  package let hash: String
  /// By network and by the names of its layers.
  let changes: [EditorPart: [String: LowRank]]
}

extension EditorNetworks {
  /// Finds the layer of every change; throws, and names the tensor, for a layer that this model
  /// does not have or that has another shape.
  package func adapter(_ file: AdapterFile) throws(ModelError) -> Adapter {
    var changes: [EditorPart: [String: LowRank]] = [:]
    for (network, factors) in file.factors {
      let sites = cache(network).sites
      let names = Dictionary(
        sites.keys.map { (AdapterKey.flattened($0), $0) }, uniquingKeysWith: { first, _ in first })
      for (layer, factors) in factors.sorted(by: { $0.key < $1.key }) {
        guard let name = names[layer], let site = sites[name] else {
          throw .unusableAdapter(
            path: file.path, key: factors.name,
            reason: "changes a layer that the model's \(network.rawValue) does not have; use an "
              + "adapter made for this family of models")
        }
        guard factors.fits(site) else {
          throw .unusableAdapter(
            path: file.path, key: factors.name,
            reason: "and its counterpart change weights of shape \(factors.shape), but the model's "
              + "\(name) has \(site.shape); use an adapter made for a model of this size")
        }
        changes[network, default: [:]][name] = factors.lowRank(site)
      }
    }
    return Adapter(hash: file.hash, changes: changes)
  }

  /// The same networks with adapters of this model computed beside their layers, each times its
  /// weight; without any they are the networks themselves.
  package func adapted(
    by adapters: [(adapter: Adapter, weight: Double)]
  ) throws(ModelError) -> EditorNetworks {
    func changes(_ network: EditorPart) -> [String: [LowRank]] {
      var changes: [String: [LowRank]] = [:]
      for (adapter, weight) in adapters where weight != 0 {
        for (layer, change) in adapter.changes[network] ?? [:] {
          changes[layer, default: []].append(change.weighted(Float(weight)))
        }
      }
      return changes
    }
    /// Everything comes from the cache, so that no weights are needed.
    func weights(_ network: EditorPart, _ changes: [String: [LowRank]]) -> WeightStore {
      WeightStore(tensors: [:], path: network.rawValue)
        .built(LayerBuilding(cache: cache(network), storage: storage, adapters: changes))
    }
    let (text, denoiser) = (changes(.textEncoder), changes(.unet))
    do throws(CheckpointError) {
      return EditorNetworks(
        self,
        textEncoder: text.isEmpty
          ? textEncoder
          : try CLIPTextModel(
            configuration: textEncoder.configuration, weights: weights(.textEncoder, text)),
        unet: denoiser.isEmpty
          ? unet
          : try UNet2DConditionModel(
            configuration: unet.configuration, weights: weights(.unet, denoiser)))
    } catch {
      throw .checkpoint(error)
    }
  }
}

extension LayerSite {
  fileprivate var shape: [Int] {
    isConvolution ? [outputs, inputs, kernel, kernel] : [outputs, inputs]
  }
}
