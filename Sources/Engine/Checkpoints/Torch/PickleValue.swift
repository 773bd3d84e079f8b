/// What a pickle can hold here.
///
/// Containers lie in the heap and are named by their place in it, so that neither depth nor cycles
/// of a hostile pickle matter when they are freed.
enum PickleValue: Equatable {
  case none
  case bool(Bool)
  case integer(Int)
  /// An integer of more than 64 bits: its little-endian bytes.
  case largeInteger([UInt8])
  case number(Double)
  case string(String)
  case list(Int)
  case tuple(Int)
  case dictionary(Int)
  /// An instance of a TorchScript class: its attributes and nothing else.
  case module(Int)
  case tensor(Int)
  case storage(Int)
  case global(TorchGlobal)

  /// The kind in words, for messages.
  var summary: String {
    switch self {
    case .none: "None"
    case .bool, .integer, .largeInteger, .number: "a number"
    case .string: "a text"
    case .list: "a list"
    case .tuple: "a tuple"
    case .dictionary: "a dictionary"
    case .module: "a module"
    case .tensor: "a bare tensor"
    case .storage: "a bare storage"
    case .global(let global): "the name \(global.name)"
    }
  }
}

/// Everything that one unpickling built, each kind in an array of its own.
struct PickleHeap {
  struct Member {
    var key: PickleValue
    var value: PickleValue
  }

  var lists: [[PickleValue]] = []
  var tuples: [[PickleValue]] = []
  var dictionaries: [[Member]] = []
  /// The dictionary of each module's attributes, once it is built.
  var modules: [Int?] = []
  var tensors: [TorchTensor] = []
  var storages: [TorchStorage] = []

  /// The members of a dictionary, or of a module that was given its attributes.
  func members(_ value: PickleValue) -> [Member]? {
    switch value {
    case .dictionary(let index): dictionaries[index]
    case .module(let index): modules[index].map { dictionaries[$0] }
    default: nil
    }
  }
}
