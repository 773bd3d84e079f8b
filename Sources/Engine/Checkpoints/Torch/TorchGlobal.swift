/// The names that a checkpoint's pickle may use; none is looked up anywhere.
enum TorchGlobal: Equatable {
  case orderedDictionary
  /// Calls that give back their first argument: `torch.Size`, `_rebuild_parameter`, TorchScript's
  /// typed lists and type tags. So many arguments are allowed.
  case identity(String, ClosedRange<Int>)
  /// `_rebuild_tensor` (4 arguments), `_rebuild_tensor_v2` (6 or 7).
  case rebuildTensor(String, ClosedRange<Int>)
  /// `_rebuild_tensor_v3`, whose type is an argument (7 or 8).
  case rebuildTypedTensor
  /// A storage's class; nothing for storages of plain bytes.
  case storage(String, ElementType?)
  case type(String, ElementType)
  /// A class of a TorchScript archive.
  case module(String)

  /// The dialects: a name may belong to one alone.
  enum Dialect {
    case torchSave
    case torchScript
  }

  /// Throws for every name that is not on the list.
  init(module: String, name: String, dialect: Dialect) throws(ArchiveFault) {
    let full = "\(module).\(name)"
    if let known = Self.known[full] {
      self = known
    } else if dialect == .torchScript, module == "__torch__" || module.hasPrefix("__torch__.") {
      self = .module(full)
    } else if dialect == .torchScript, module == "torch.jit._pickle", Self.typed.contains(name) {
      self = .identity(full, name == "restore_type_tag" ? 2...2 : 1...1)
    } else {
      throw .refusedGlobal(String(full.prefix(Self.longestName)))
    }
  }

  var name: String {
    switch self {
    case .orderedDictionary: "collections.OrderedDict"
    case .rebuildTypedTensor: "torch._utils._rebuild_tensor_v3"
    case .identity(let name, _), .rebuildTensor(let name, _), .storage(let name, _),
      .type(let name, _), .module(let name):
      name
    }
  }

  /// Characters of a refused name that a message repeats.
  private static let longestName = 200

  private static let typed: Set = [
    "build_boollist", "build_doublelist", "build_intlist", "build_tensorlist", "restore_type_tag",
  ]

  private static let known: [String: TorchGlobal] = {
    let globals: [TorchGlobal] = [
      .orderedDictionary, .rebuildTypedTensor,
      .identity("torch.Size", 1...1),
      .identity("torch._utils._rebuild_parameter", 3...3),
      .rebuildTensor("torch._utils._rebuild_tensor", 4...4),
      .rebuildTensor("torch._utils._rebuild_tensor_v2", 6...7),
      .storage("torch.storage.UntypedStorage", nil),
    ]
    let storages = storageTypes.flatMap { name, type in
      ["torch", "torch.cuda"].map { TorchGlobal.storage("\($0).\(name)Storage", type) }
    }
    let types = typeNames.map { TorchGlobal.type("torch.\($0)", $1) }
    return Dictionary(
      (globals + storages + types).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }()

  private static let storageTypes: [(String, ElementType)] = [
    ("Double", .f64), ("Float", .f32), ("Half", .f16), ("BFloat16", .bf16), ("Long", .i64),
    ("Int", .i32), ("Short", .i16), ("Char", .i8), ("Byte", .u8), ("Bool", .bool),
  ]

  private static let typeNames: [(String, ElementType)] = [
    ("float64", .f64), ("float32", .f32), ("float16", .f16), ("bfloat16", .bf16), ("int64", .i64),
    ("int32", .i32), ("int16", .i16), ("int8", .i8), ("uint64", .u64), ("uint32", .u32),
    ("uint16", .u16), ("uint8", .u8), ("bool", .bool),
  ]
}
