package import Tensors

/// A file of tensors by name, whatever its format.
package protocol TensorFile: Sendable {
  var path: String { get }
  /// Tensor names in the order of the file.
  var names: [String] { get }
  func shape(of name: String) -> [Int]?
  func type(of name: String) -> ElementType?
  /// The tensor as 32-bit floats, in its stored shape; throws for integers and for a name that is
  /// not there.
  func tensor(_ name: String) throws(CheckpointError) -> Tensor
  /// The elements of an integer or Boolean tensor; throws for real numbers, for a name that is not
  /// there, and for a value above 2^63 - 1.
  func integers(_ name: String) throws(CheckpointError) -> [Int]
  /// Gives the memory of a tensor's bytes back to the system; it can be read again.
  func discard(_ name: String)
}

/// Opens checkpoint files of every kind that is read.
package enum CheckpointFile {
  /// Maps a file and finds out by its first bytes what it is; see docs/checkpoints.md.
  package static func open(_ path: String) throws(CheckpointError) -> any TensorFile {
    switch try format(path) {
    case .safetensors: try SafetensorsFile(path: path)
    default: try TorchCheckpoint(path: path)
    }
  }

  /// Zip archives are told apart further when they are opened.
  private static func format(_ path: String) throws(CheckpointError) -> CheckpointFormat {
    let file = try MappedFile(path: path)
    if CheckpointFormat.isZip(file.bytes) { return .torchZip }
    if CheckpointFormat.isPickle(file.bytes) { return .torchLegacy }
    if CheckpointFormat.isSafetensors(file.bytes) { return .safetensors }
    throw .unsupportedCheckpoint(
      path: path, reason: "it begins like no safetensors file and like nothing that torch wrote")
  }
}
