/// Why a torch checkpoint cannot be read; the caller adds the file's name.
enum ArchiveFault: Error, Equatable {
  /// The bytes are not what the format demands; `offset` counts from the start of the file.
  case malformed(offset: Int, reason: String)
  /// The pickle names something that is no part of a checkpoint.
  case refusedGlobal(String)
  /// A sound file of a kind that is not read.
  case unsupported(String)
  /// A sound file that holds something else than named tensors.
  case noTensors(found: String)

  func located(_ path: String) -> CheckpointError {
    switch self {
    case .malformed(let offset, let reason):
      .malformedArchive(path: path, offset: offset, reason: reason)
    case .refusedGlobal(let name): .refusedGlobal(path: path, name: name)
    case .unsupported(let reason): .unsupportedCheckpoint(path: path, reason: reason)
    case .noTensors(let found): .noStateDictionary(path: path, found: found)
    }
  }
}
