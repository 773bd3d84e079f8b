package import Tensors

/// A safetensors file, mapped into memory: its header is checked when it is opened, tensors are
/// converted when they are asked for.
package final class SafetensorsFile: @unchecked Sendable {
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

  /// The tensor as 32-bit floats, in its stored shape; throws for integers and for a name that is
  /// not there.
  package func tensor(_ name: String) throws(CheckpointError) -> Tensor {
    let entry = try entry(name)
    guard entry.type.isFloatingPoint else {
      throw .unsupportedType(
        path: path, tensor: name, type: entry.type.rawValue, supported: "F64, F32, F16, BF16")
    }
    let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[entry.range])
    return Tensor(shape: Shape(entry.shape)) { floats in
      StoredFloats.read(bytes, as: entry.type, into: floats)
    }
  }

  /// The elements of an integer or Boolean tensor; throws for real numbers, for a name that is not
  /// there, and for a value above 2^63 - 1.
  package func integers(_ name: String) throws(CheckpointError) -> [Int] {
    let entry = try entry(name)
    let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[entry.range])
    guard let integers = StoredIntegers.read(bytes, as: entry.type) else {
      throw .unsupportedType(
        path: path, tensor: name, type: entry.type.rawValue,
        supported: "I8, I16, I32, I64, U8, U16, U32, U64 below 2^63, BOOL")
    }
    return integers
  }

  /// Gives the memory of a tensor's bytes back to the system; it can be read again.
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
