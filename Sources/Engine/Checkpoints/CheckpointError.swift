/// What can be wrong with a model's files; each case names the file and says what to do about it.
package enum CheckpointError: Error, Equatable {
  /// A file or folder that must be there is not, or cannot be opened or read.
  case unreadable(path: String, reason: String)
  /// A file is larger than this reader accepts.
  case tooLarge(path: String, bytes: Int, limit: Int)
  /// The text is not the JSON that the standard describes; `offset` counts bytes from its start.
  case malformedJSON(path: String, offset: Int, reason: String)
  /// A JSON document holds something else than its format demands.
  case unexpectedJSON(path: String, key: String, reason: String)
  /// The safetensors file is shorter than its own header says, or its header length is absurd.
  case malformedHeader(path: String, reason: String)
  /// A torch checkpoint is damaged; `offset` counts bytes from its start.
  case malformedArchive(path: String, offset: Int, reason: String)
  /// A pickle names a function or class that is no part of a checkpoint.
  case refusedGlobal(path: String, name: String)
  /// A file is no checkpoint, or one of a kind that is not read.
  case unsupportedCheckpoint(path: String, reason: String)
  /// A torch file is sound but holds something else than named tensors.
  case noStateDictionary(path: String, found: String)
  /// One tensor's entry in the header is wrong.
  case malformedTensor(path: String, tensor: String, reason: String)
  /// A tensor is stored in a type that cannot be read as what is asked for.
  case unsupportedType(path: String, tensor: String, type: String, supported: String)
  /// The bytes of two tensors overlap, or bytes belong to no tensor.
  case misplacedBytes(path: String, tensor: String, reason: String)
  /// A tensor that the model needs is nowhere in the weights.
  case missingTensor(path: String, tensor: String, shape: [Int], unread: [String])
  /// A tensor has another shape than the configuration says.
  case wrongShape(path: String, tensor: String, expected: [Int], found: [Int])
  /// A weight is too large for the storage that was asked for.
  case unstorable(path: String, tensor: String, value: Float, storage: String)
  /// The weights hold tensors that the model does not know.
  case unexpectedTensors(path: String, tensors: [String])
  /// Two files, or two names of one tensor, give the same tensor.
  case duplicateTensor(path: String, tensor: String)
  /// A file names another file outside its own folder.
  case escapingPath(path: String, name: String)
  /// A folder lacks a part, or describes a part that is none of ours.
  case incompleteFolder(path: String, reason: String)
  /// A key of `byteedit.json` is unknown or out of range.
  case invalidSetting(path: String, key: String, reason: String)
  /// What was to be written cannot be stored.
  case unwritable(path: String, reason: String)
}

extension CheckpointError {
  static func notReal(path: String, tensor: String, type: ElementType) -> CheckpointError {
    .unsupportedType(
      path: path, tensor: tensor, type: type.rawValue, supported: "F64, F32, F16, BF16")
  }

  static func notInteger(path: String, tensor: String, type: ElementType) -> CheckpointError {
    .unsupportedType(
      path: path, tensor: tensor, type: type.rawValue,
      supported: "I8, I16, I32, I64, U8, U16, U32, U64 below 2^63, BOOL")
  }
}

extension CheckpointError: CustomStringConvertible {
  /// The fault and its remedy in one sentence.
  package var description: String {
    switch self {
    case .unreadable, .tooLarge, .escapingPath, .incompleteFolder, .invalidSetting, .unwritable:
      folderFault
    case .malformedJSON, .unexpectedJSON, .malformedHeader: documentFault
    case .malformedArchive, .refusedGlobal, .unsupportedCheckpoint, .noStateDictionary:
      archiveFault
    default: tensorFault
    }
  }

  private var folderFault: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path) cannot be read: \(reason); check the path and its permissions"
    case .tooLarge(let path, let bytes, let limit):
      "\(path) is \(bytes) bytes long, at most \(limit) are accepted; this is no model's file"
    case .escapingPath(let path, let name):
      "\(path) names the file \"\(name)\"; only plain names of files beside it are accepted"
    case .incompleteFolder(let path, let reason): "\(path) is not a usable model: \(reason)"
    case .invalidSetting(let path, let key, let reason): "\(path), key \"\(key)\": \(reason)"
    case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
    default: ""
    }
  }

  private var documentFault: String {
    switch self {
    case .malformedJSON(let path, let offset, let reason):
      "\(path) is not valid JSON at byte \(offset): \(reason); fetch or export the file again"
    case .unexpectedJSON(let path, "", let reason): "\(path): \(reason)"
    case .unexpectedJSON(let path, let key, let reason): "\(path), key \"\(key)\": \(reason)"
    case .malformedHeader(let path, let reason):
      "\(path) is not a whole safetensors file: \(reason); fetch or export the file again"
    default: ""
    }
  }

  private var archiveFault: String {
    switch self {
    case .malformedArchive(let path, let offset, let reason):
      "\(path) is damaged at byte \(offset): \(reason); fetch or export the file again"
    case .refusedGlobal(let path, let name):
      "\(path) asks for \(name), and reading such a pickle could run any code; only tensors, "
        + "dictionaries, lists, numbers and texts are built: save model.state_dict() alone, or "
        + "convert the file to safetensors"
    case .unsupportedCheckpoint(let path, let reason):
      "\(path) cannot be read as a checkpoint: \(reason)"
    case .noStateDictionary(let path, let found):
      "\(path) holds \(found), not a dictionary of tensors; save model.state_dict()"
    default: ""
    }
  }

  private var tensorFault: String {
    switch self {
    case .malformedTensor(let path, let tensor, let reason),
      .misplacedBytes(let path, let tensor, let reason):
      "\(path), tensor \"\(tensor)\": \(reason); fetch or export the file again"
    case .unsupportedType(let path, let tensor, let type, let supported):
      "\(path), tensor \"\(tensor)\" is stored as \(type); convert it to one of \(supported)"
    case .missingTensor(let path, let tensor, let shape, let unread):
      "\(path) lacks the tensor \"\(tensor)\" of shape \(shape) that its configuration asks for"
        + (unread.isEmpty ? "" : " (unknown there: \(Self.list(unread)))")
        + "; weights and config.json must come from the same model"
    case .wrongShape(let path, let tensor, let expected, let found):
      "\(path), tensor \"\(tensor)\" has shape \(found), but the configuration asks for "
        + "\(expected); weights and config.json must come from the same model"
    case .unstorable(let path, let tensor, let value, let storage):
      "\(path), tensor \"\(tensor)\" holds \(value), which \(storage) cannot; keep the weights as "
        + "bf16 or fp32"
    case .unexpectedTensors(let path, let tensors):
      "\(path) holds tensors that its configuration knows nothing of: \(Self.list(tensors)); "
        + "weights and config.json must come from the same model"
    case .duplicateTensor(let path, let tensor):
      "\(path) gives the tensor \"\(tensor)\" twice; keep one of the files or names"
    default: ""
    }
  }

  /// At most eight names, then how many more there are.
  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(8).joined(separator: ", ")
    return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
  }
}
