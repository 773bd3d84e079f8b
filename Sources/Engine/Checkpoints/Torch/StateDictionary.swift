/// Finds the named tensors in what a pickle held.
///
/// Training scripts save the state dictionary inside another one, as `state_dict`, `model` or
/// `module`; dictionaries in dictionaries, and modules in modules, join their names with dots.
struct StateDictionary {
  /// Places of the tensors in the heap, by name.
  private(set) var tensors: [String: Int] = [:]
  /// Names in the order of the pickle.
  private(set) var names: [String] = []

  private let heap: PickleHeap
  /// Members that may still be looked at, and bytes of names that may still be made: a dictionary
  /// can hold another one many times, and that many times again.
  private var budget: Int

  private static let wrappers = ["state_dict", "model", "module"]
  private static let prefixes = ["module.", "_orig_mod."]
  private static let maximumDepth = 32
  private static let maximumWrappers = 8

  /// - Parameter length: bytes of the pickle; bounds the work and the names.
  init(root: PickleValue, heap: PickleHeap, length: Int) throws(ArchiveFault) {
    self.heap = heap
    budget = 16 * length
    guard heap.members(root) != nil else { throw .noTensors(found: root.summary) }
    try add(Self.unwrapped(root, heap), prefix: "", depth: 0)
    guard !names.isEmpty else { throw .noTensors(found: "\(root.summary) without tensors") }
    dropPrefixes()
  }

  /// The innermost dictionary in wrappers that has tensors anywhere in it.
  private static func unwrapped(
    _ root: PickleValue, _ heap: PickleHeap, depth: Int = 0
  ) -> PickleValue {
    guard depth < maximumWrappers, case .dictionary(let index) = root else { return root }
    for wrapper in wrappers {
      let inner = heap.dictionaries[index].last { $0.key == .string(wrapper) }?.value
      if case .dictionary(let place)? = inner, reachesTensor(place, heap) {
        return unwrapped(.dictionary(place), heap, depth: depth + 1)
      }
    }
    return root
  }

  /// Whether a tensor lies in a dictionary or those in it, each looked at once.
  private static func reachesTensor(_ root: Int, _ heap: PickleHeap) -> Bool {
    var seen: Set = [root]
    var open = [root]
    while let index = open.popLast() {
      for member in heap.dictionaries[index] {
        switch member.value {
        case .tensor: return true
        case .dictionary(let inner): if seen.insert(inner).inserted { open.append(inner) }
        default: break
        }
      }
    }
    return false
  }

  private mutating func add(
    _ value: PickleValue, prefix: String, depth: Int
  ) throws(ArchiveFault) {
    guard depth <= Self.maximumDepth else {
      throw .unsupported("its dictionaries lie deeper in one another than \(Self.maximumDepth)")
    }
    for member in heap.members(value) ?? [] {
      budget -= 1
      guard budget > 0 else { throw .unsupported("its dictionaries repeat themselves without end") }
      switch member.value {
      case .tensor(let index): try add(tensor: index, name: try name(member.key, prefix))
      case .dictionary, .module:
        try add(member.value, prefix: try name(member.key, prefix) + ".", depth: depth + 1)
      default: break
      }
    }
  }

  private mutating func add(tensor: Int, name: String) throws(ArchiveFault) {
    guard tensors.updateValue(tensor, forKey: name) == nil else {
      throw .unsupported("it gives the tensor \"\(name)\" twice")
    }
    names.append(name)
  }

  private mutating func name(_ key: PickleValue, _ prefix: String) throws(ArchiveFault) -> String {
    let text: String
    switch key {
    case .string(let string): text = string
    case .integer(let integer): text = String(integer)
    default: throw .unsupported("it calls a tensor by \(key.summary) instead of a text")
    }
    budget -= prefix.utf8.count + text.utf8.count
    guard budget > 0 else { throw .unsupported("its dictionaries repeat themselves without end") }
    return prefix + text
  }

  /// Takes off what parallel training (`module.`) and compilation (`_orig_mod.`) put before every
  /// name.
  private mutating func dropPrefixes() {
    while let prefix = Self.prefixes.first(where: { prefix in
      names.allSatisfy { $0.hasPrefix(prefix) && $0.utf8.count > prefix.utf8.count }
    }) {
      names = names.map { String($0.dropFirst(prefix.count)) }
      tensors = Dictionary(
        tensors.map { (String($0.key.dropFirst(prefix.count)), $0.value) },
        uniquingKeysWith: { first, _ in first })
    }
  }
}
