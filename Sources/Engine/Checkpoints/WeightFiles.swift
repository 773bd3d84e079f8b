import Glibc

/// Which safetensors files of a part's folder hold its weights: one file, or shards that an index
/// file lists.
struct WeightFiles {
  let folder: String
  /// Plain file names: the index first, where there is one, then the weights in order.
  let names: [String]
  private let shards: [String]
  /// Tensor name to file name, from the index; empty for a single file.
  private let placement: [String: String]

  private static let stems = ["diffusion_pytorch_model", "model"]

  /// Finds the files: those of the asked variant, else the plain ones, else the `fp16` ones.
  init(folder: String, variant: String?) throws(CheckpointError) {
    self.folder = folder
    let variants: [String?] = (variant.map { [$0] } ?? []) + [nil, "fp16"]
    for variant in variants {
      for stem in Self.stems {
        if let single = Self.singleNames(stem, variant).first(where: { Self.isFile(folder, $0) }) {
          (names, shards, placement) = ([single], [single], [:])
          return
        }
        if let index = Self.indexNames(stem, variant).first(where: { Self.isFile(folder, $0) }) {
          placement = try Self.placement("\(folder)/\(index)")
          shards = Set(placement.values).sorted()
          names = [index] + shards
          return
        }
      }
    }
    throw .incompleteFolder(path: folder, reason: Self.absence(folder))
  }

  /// Maps every file and checks that each tensor stands where the index says.
  func open() throws(CheckpointError) -> [SafetensorsFile] {
    var files: [SafetensorsFile] = []
    for shard in shards { files.append(try SafetensorsFile(path: "\(folder)/\(shard)")) }
    let byName = Dictionary(zip(shards, files), uniquingKeysWith: { first, _ in first })
    for (tensor, shard) in placement.sorted(by: { $0.key < $1.key }) {
      guard let file = byName[shard], let entry = file.entries[tensor] else {
        throw .missingTensor(
          path: "\(folder)/\(shard)", tensor: tensor, shape: [], unread: [])
      }
      _ = entry
    }
    return files
  }

  private static func isFile(_ folder: String, _ name: String) -> Bool {
    FileKind("\(folder)/\(name)") == .file
  }

  private static func singleNames(_ stem: String, _ variant: String?) -> [String] {
    guard let variant else { return ["\(stem).safetensors"] }
    return ["\(stem).\(variant).safetensors"]
  }

  /// Both spellings that exporters have used for the index of a variant.
  private static func indexNames(_ stem: String, _ variant: String?) -> [String] {
    guard let variant else { return ["\(stem).safetensors.index.json"] }
    return [
      "\(stem).safetensors.index.\(variant).json", "\(stem).\(variant).safetensors.index.json",
    ]
  }

  private static func placement(_ path: String) throws(CheckpointError) -> [String: String] {
    let document = try JSONFile.object(at: path, limits: .index)
    guard case .object(let map)? = document["weight_map"], map.count > 0 else {
      throw .unexpectedJSON(path: path, key: "weight_map", reason: "must map tensors to files")
    }
    var placement: [String: String] = [:]
    for tensor in map.keys {
      guard case .string(let file)? = map[tensor] else {
        throw .unexpectedJSON(path: path, key: tensor, reason: "must name a file")
      }
      guard isPlainName(file) else { throw .escapingPath(path: path, name: file) }
      placement[tensor] = file
    }
    return placement
  }

  /// Whether a name stays in its folder: no separators, no dots alone, no NUL, a weight file.
  static func isPlainName(_ name: String) -> Bool {
    !name.utf8.contains(UInt8(ascii: "/")) && !name.utf8.contains(0) && name.utf8.count <= 255
      && !name.hasPrefix(".") && name.hasSuffix(".safetensors")
  }

  /// Says what to do where only pickled weights are there.
  private static func absence(_ folder: String) -> String {
    let pickled =
      stems.flatMap { ["\($0).bin", "\($0).fp16.bin", "\($0).ckpt"] } + ["pytorch_model.bin"]
    if let found = pickled.first(where: { isFile(folder, $0) }) {
      return "\(found) is a pickle, which can run code when read; export the model as safetensors"
    }
    return "it has no weights: expected diffusion_pytorch_model.safetensors or model.safetensors"
  }
}
