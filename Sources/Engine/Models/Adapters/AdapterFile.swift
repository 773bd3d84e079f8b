import Checkpoints
import Tensors

/// A LoRA adapter as its file holds it: for each layer of a network two factors and their scale.
package struct AdapterFile: Sendable {
  package let path: String
  /// SHA-256 of the file.
  package let hash: String
  /// By network and by the layers' names as `AdapterKey` spells them.
  let factors: [EditorPart: [String: LowRankFactors]]

  /// Reads and checks everything that can be checked without a model.
  package init(path: String) throws(ModelError) {
    self.path = path
    let file: SafetensorsFile
    do {
      file = try SafetensorsFile(path: path)
      hash = try ModelDigest.hash(ofFile: path)
    } catch {
      throw .checkpoint(error)
    }
    let settings = try AdapterSettings.read(file.metadata, path: path)
    var factors: [EditorPart: [String: LowRankFactors]] = [:]
    for (key, names) in try Self.groups(file) {
      let settings = settings[key.network] ?? AdapterSettings()
      factors[key.network, default: [:]][key.layer] = try names.factors(file) { rank in
        settings.scale(layer: key.layer, rank: rank)
      }
    }
    guard !factors.isEmpty else {
      throw .unusableAdapter(path: path, key: "", reason: "is not there: the file has no tensors")
    }
    self.factors = factors
  }

  /// A layer of a network.
  private struct Place: Hashable {
    let network: EditorPart
    let layer: String
  }

  private static func groups(
    _ file: SafetensorsFile
  ) throws(ModelError) -> [(key: Place, value: FactorNames)] {
    var groups: [Place: FactorNames] = [:]
    for name in file.names {
      guard let key = AdapterKey(name) else {
        throw .unusableAdapter(
          path: file.path, key: name,
          reason: "is no LoRA tensor of a Stable Diffusion 1.x or 2.x model; other kinds of "
            + "adapters (DoRA, LoHa, LoKr, SDXL) must be converted or merged first")
      }
      try groups[Place(network: key.network, layer: key.layer), default: FactorNames()]
        .put(name, as: key.part, in: file.path)
    }
    return groups.sorted { $0.value.first < $1.value.first }
  }
}

/// The names of one layer's tensors in the file.
private struct FactorNames {
  private(set) var down: String?
  private(set) var up: String?
  private(set) var alpha: String?

  var first: String { down ?? up ?? alpha ?? "" }

  mutating func put(
    _ name: String, as part: AdapterKey.Part, in path: String
  ) throws(ModelError) {
    let place: WritableKeyPath<FactorNames, String?> =
      switch part {
      case .down: \.down
      case .up: \.up
      case .alpha: \.alpha
      }
    guard self[keyPath: place] == nil else {
      throw .checkpoint(.duplicateTensor(path: path, tensor: name))
    }
    self[keyPath: place] = name
  }

  func factors(
    _ file: SafetensorsFile, scale: (Int) -> Double
  ) throws(ModelError) -> LowRankFactors {
    guard let down, let up else {
      throw .unusableAdapter(
        path: file.path, key: first, reason: "lacks its counterpart; export the adapter again")
    }
    do {
      let alpha = try alpha.map { name throws(CheckpointError) in
        Double(try file.tensor(name).values.first ?? 0)
      }
      return try LowRankFactors(
        name: down, down: try file.tensor(down), up: try file.tensor(up), path: file.path
      ) { rank in alpha.map { $0 / Double(rank) } ?? scale(rank) }
    } catch let error as CheckpointError {
      throw .checkpoint(error)
    } catch let error as ModelError {
      throw error
    } catch {
      throw .unusableAdapter(path: file.path, key: down, reason: "\(error)")
    }
  }
}
