package import Tensors

/// A safetensors file, mapped into memory: its header is checked when it is opened, tensors are
/// converted when they are asked for.
package final class SafetensorsFile: TensorFile, @unchecked Sendable {
  // Unchecked: everything is immutable after init, and the mapping is read-only.
  private let file: MappedFile
  private let header: SafetensorsHeader

  /// Maps and checks the file.
  package init(path: String) throws(CheckpointError) {
    file = try MappedFile(path: path)
    header = try SafetensorsHeader(file: file.bytes, path: path)
  }

  package var path: String { file.path }
  /// Tensor names in the order of their bytes.
  package var names: [String] { header.names }
  package var entries: [String: TensorEntry] { header.entries }
  /// The `__metadata__` of the header.
  package var metadata: [String: String] { header.metadata }

  package func shape(of name: String) -> [Int]? { header.entries[name]?.shape }
  package func type(of name: String) -> ElementType? { header.entries[name]?.type }

  package func tensor(_ name: String) throws(CheckpointError) -> Tensor {
    let entry = try entry(name)
    guard entry.type.isFloatingPoint else {
      throw .notReal(path: path, tensor: name, type: entry.type)
    }
    let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[entry.range])
    return Tensor(shape: Shape(entry.shape)) { floats in
      StoredFloats.read(bytes, as: entry.type, into: floats)
    }
  }

  package func integers(_ name: String) throws(CheckpointError) -> [Int] {
    let entry = try entry(name)
    let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[entry.range])
    guard let integers = StoredIntegers.read(bytes, as: entry.type) else {
      throw .notInteger(path: path, tensor: name, type: entry.type)
    }
    return integers
  }

  package func discard(_ name: String) {
    guard let entry = header.entries[name] else { return }
    file.discard(entry.range)
  }

  private func entry(_ name: String) throws(CheckpointError) -> TensorEntry {
    guard let entry = header.entries[name] else {
      throw .missingTensor(path: path, tensor: name, shape: [], unread: [])
    }
    return entry
  }
}
