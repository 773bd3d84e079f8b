package import Tensors

/// The weights of one part, taken one by one: each tensor is checked against the shape that the
/// configuration asks for, converted once, and its mapped pages are given back.
package struct WeightStore: Sendable {
  /// What whoever builds layers of these weights keeps with them.
  package protocol Companion: Sendable {}

  private enum Source: Sendable {
    case file(any TensorFile, name: String)
    case memory(Tensor)
  }

  /// The part's folder, or a name for weights in memory; only used in messages.
  package let path: String
  private var sources: [String: Source] = [:]
  package var companion: (any Companion)?

  /// Joins shards; throws when two of them, or two spellings of a name, give the same tensor.
  package init(
    files: [any TensorFile], path: String, naming: WeightNaming = .asStored
  ) throws(CheckpointError) {
    self.path = path
    for file in files {
      for stored in file.names {
        guard let name = naming.canonical(stored) else { continue }
        guard sources[name] == nil else {
          throw .duplicateTensor(path: file.path, tensor: stored)
        }
        sources[name] = .file(file, name: stored)
      }
    }
  }

  /// Opens one checkpoint file: safetensors or what torch wrote, told apart by its first bytes.
  package init(
    checkpoint path: String, naming: WeightNaming = .asStored
  ) throws(CheckpointError) {
    try self.init(files: [try CheckpointFile.open(path)], path: path, naming: naming)
  }

  /// Opens the weights of one part's folder, in one file or in shards.
  package init(
    folder: String, variant: String? = nil, naming: WeightNaming = .asStored
  ) throws(CheckpointError) {
    let files = try WeightFiles(folder: folder, variant: variant)
    self = try WeightStore(files: try files.open(), path: folder, naming: naming)
  }

  /// Weights that are in memory already.
  package init(tensors: [String: Tensor], path: String = "memory") {
    self.path = path
    sources = tensors.mapValues { .memory($0) }
  }

  /// The same for weights under the names of an older or another exporter; throws where two names
  /// give the same tensor.
  package init(
    tensors: [String: Tensor], path: String, naming: WeightNaming
  ) throws(CheckpointError) {
    self.path = path
    for (stored, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      guard let name = naming.canonical(stored) else { continue }
      guard sources.updateValue(.memory(tensor), forKey: name) == nil else {
        throw .duplicateTensor(path: path, tensor: stored)
      }
    }
  }

  /// Names of the tensors that nobody has taken yet, sorted.
  package var unread: [String] { sources.keys.sorted() }

  /// The stored shapes of the tensors that nobody has taken yet.
  package var shapes: [String: [Int]] { sources.mapValues(Self.shape) }

  /// The stored shape of a tensor that nobody has taken yet; nil where there is none.
  package func shape(of name: String) -> [Int]? { sources[name].map(Self.shape) }

  package func contains(_ name: String) -> Bool { sources[name] != nil }

  /// Moves every tensor that `renamed` gives a new name to a store of its own; of two that would
  /// get the same name, the second in order stays here.
  package mutating func split(_ renamed: (String) -> String?) -> WeightStore {
    var part = self
    part.sources = [:]
    for (name, source) in sources.sorted(by: { $0.key < $1.key }) {
      guard let other = renamed(name), part.sources[other] == nil else { continue }
      part.sources[other] = source
      sources[name] = nil
    }
    return part
  }

  /// Takes a tensor of exactly this shape.
  package mutating func take(_ name: String, shape: [Int]) throws(CheckpointError) -> Tensor {
    try take(name, shapes: [shape])
  }

  /// Takes a matrix `[rows, columns]`, which older exporters store as the kernel of a 1x1
  /// convolution, `[rows, columns, 1, 1]`.
  package mutating func takeMatrix(
    _ name: String, rows: Int, columns: Int
  ) throws(CheckpointError) -> Tensor {
    try take(name, shapes: [[rows, columns], [rows, columns, 1, 1]])
  }

  /// Takes every tensor that is left, in its stored shape.
  package mutating func takeAll() throws(CheckpointError) -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for (name, source) in sources.sorted(by: { $0.key < $1.key }) {
      tensors[name] = try take(name, shape: Self.shape(of: source))
    }
    return tensors
  }

  /// Throws when tensors are left that nobody took.
  package func finish() throws(CheckpointError) {
    guard sources.isEmpty else { throw .unexpectedTensors(path: path, tensors: unread) }
  }

  /// Takes a tensor of one of the shapes and gives it the first of them.
  private mutating func take(
    _ name: String, shapes: [[Int]]
  ) throws(CheckpointError) -> Tensor {
    let expected = shapes.first ?? []
    guard let source = sources[name] else {
      throw .missingTensor(path: path, tensor: name, shape: expected, unread: unread)
    }
    let found = Self.shape(of: source)
    guard shapes.contains(found) else {
      throw .wrongShape(path: path, tensor: name, expected: expected, found: found)
    }
    sources[name] = nil
    switch source {
    case .memory(let tensor): return tensor.reshaped(Shape(expected))
    case .file(let file, let stored):
      let tensor = try file.tensor(stored)
      file.discard(stored)
      return tensor.reshaped(Shape(expected))
    }
  }

  private static func shape(of source: Source) -> [Int] {
    switch source {
    case .memory(let tensor): (0..<tensor.shape.rank).map { tensor.shape[$0] }
    case .file(let file, let stored): file.shape(of: stored) ?? []
    }
  }
}
