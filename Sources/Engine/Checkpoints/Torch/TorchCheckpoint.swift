package import Tensors

/// A checkpoint that torch wrote, mapped into memory: its description is read and checked when it
/// is opened, tensors are converted when they are asked for.
///
/// docs/checkpoints.md says what is read and what is refused.
package final class TorchCheckpoint: TensorFile, @unchecked Sendable {
  // Unchecked: everything is immutable after init, and the mapping is read-only.
  private let file: MappedFile
  private let index: TorchIndex

  /// Maps and checks the file; no code in it is run.
  package init(path: String) throws(CheckpointError) {
    file = try MappedFile(path: path)
    index = try TorchIndex(file: file.bytes, path: path)
  }

  package var path: String { file.path }
  package var format: CheckpointFormat { index.format }
  package var names: [String] { index.names }

  package func shape(of name: String) -> [Int]? { index.shape(name) }
  package func type(of name: String) -> ElementType? { index.type(name) }

  package func tensor(_ name: String) throws(CheckpointError) -> Tensor {
    guard let type = index.type(name), let shape = index.shape(name) else { throw missing(name) }
    guard type.isFloatingPoint else { throw .notReal(path: path, tensor: name, type: type) }
    let tensor = index.withElements(name, in: file.bytes) { bytes, type in
      Tensor(shape: Shape(shape)) { StoredFloats.read(bytes, as: type, into: $0) }
    }
    guard let tensor else { throw missing(name) }
    return tensor
  }

  package func integers(_ name: String) throws(CheckpointError) -> [Int] {
    let read = index.withElements(name, in: file.bytes) { bytes, type in
      (StoredIntegers.read(bytes, as: type), type)
    }
    guard let (integers, type) = read else { throw missing(name) }
    guard let integers else { throw .notInteger(path: path, tensor: name, type: type) }
    return integers
  }

  package func discard(_ name: String) {
    guard let entry = index.entries[name] else { return }
    file.discard(entry.storage)
  }

  private func missing(_ name: String) -> CheckpointError {
    .missingTensor(path: path, tensor: name, shape: [], unread: [])
  }
}
