extension Unpickler {
  mutating func pushGlobal(_ opcode: PickleOpcode) throws(ArchiveFault) {
    let module: String
    let name: String
    if opcode == .global {
      module = try reader.line()
      name = try reader.line()
    } else {
      guard case .string(let second) = try pop(), case .string(let first) = try pop() else {
        throw fault("a global whose name is no text")
      }
      (module, name) = (first, second)
    }
    push(.global(try TorchGlobal(module: module, name: name, dialect: dialect)))
  }

  /// Where Python would call a function: the few that checkpoints use, understood.
  mutating func reduce() throws(ArchiveFault) {
    guard case .tuple(let index) = try pop(), case .global(let callee) = try pop() else {
      throw fault("a call of something that is no function")
    }
    let arguments = heap.tuples[index]
    switch callee {
    case .orderedDictionary: try pushOrdered(arguments)
    case .identity(let name, let allowed):
      guard allowed.contains(arguments.count) else { throw wrongCount(name, arguments) }
      push(arguments[0])
    case .rebuildTensor(let name, let allowed):
      guard allowed.contains(arguments.count) else { throw wrongCount(name, arguments) }
      try pushTensor(arguments, type: nil, metadata: arguments.dropFirst(6).first)
    case .rebuildTypedTensor:
      guard (7...8).contains(arguments.count) else { throw wrongCount(callee.name, arguments) }
      guard case .global(.type(_, let type)) = arguments[6] else {
        throw fault("a tensor of a type that is not read")
      }
      try pushTensor(arguments, type: type, metadata: arguments.dropFirst(7).first)
    case .storage, .type, .module: throw .refusedGlobal("a call of \(callee.name)")
    }
  }

  private func wrongCount(_ name: String, _ arguments: [PickleValue]) -> ArchiveFault {
    fault("\(name) with \(arguments.count) arguments")
  }

  /// `OrderedDict()`, or of a list of pairs as Python 2 wrote it.
  private mutating func pushOrdered(_ arguments: [PickleValue]) throws(ArchiveFault) {
    guard let first = arguments.first else { return pushDictionary([]) }
    guard arguments.count == 1, case .list(let index) = first else {
      throw fault("an OrderedDict of something that is no list of pairs")
    }
    try charge(heap.lists[index].count)
    var members: [PickleHeap.Member] = []
    for pair in heap.lists[index] {
      guard let both = elements(pair), both.count == 2 else {
        throw fault("an OrderedDict of something that is no list of pairs")
      }
      members.append(PickleHeap.Member(key: both[0], value: both[1]))
    }
    pushDictionary(members)
  }

  /// The elements of a list or tuple.
  private func elements(_ value: PickleValue) -> [PickleValue]? {
    switch value {
    case .list(let index): heap.lists[index]
    case .tuple(let index): heap.tuples[index]
    default: nil
    }
  }

  /// An instance without attributes yet; only TorchScript's own classes have instances.
  mutating func newObject() throws(ArchiveFault) {
    guard case .tuple(let arguments) = try pop(), case .global(let callee) = try pop() else {
      throw fault("an instance of something that is no class")
    }
    guard case .module = callee else { throw .refusedGlobal("an instance of \(callee.name)") }
    guard heap.tuples[arguments].isEmpty else {
      throw wrongCount(callee.name, heap.tuples[arguments])
    }
    heap.modules.append(nil)
    push(.module(heap.modules.count - 1))
  }

  /// Attributes of an instance: kept for modules; an ordered dictionary's (`_metadata`) say nothing
  /// of its tensors.
  mutating func build() throws(ArchiveFault) {
    let state = try pop()
    let target = try pop()
    switch (target, state) {
    case (.module(let index), .dictionary(let attributes)): heap.modules[index] = attributes
    case (.module, _), (.dictionary, .dictionary): break
    default: throw fault("attributes of \(target.summary)")
    }
    push(target)
  }

  // MARK: Tensors

  /// `("storage", class, key, location, count)`, and for legacy views `(key, offset, count)` of a
  /// window on that storage behind it.
  mutating func pushStorage() throws(ArchiveFault) {
    guard case .tuple(let index) = try pop() else {
      throw fault("a persistent id that is no tuple")
    }
    let parts = heap.tuples[index]
    guard parts.count == 5 || parts.count == 6, parts[0] == .string("storage"),
      case .global(.storage(_, let type)) = parts[1], case .string(let key) = parts[2],
      case .string = parts[3], case .integer(let count) = parts[4], count >= 0
    else {
      if parts.first == .string("module") {
        throw .refusedGlobal("a whole module with its source code")
      }
      throw fault("a persistent id that names no storage")
    }
    var storage = TorchStorage(key: key, type: type, count: count)
    if parts.count == 6, parts[5] != .none { try narrow(&storage, to: parts[5]) }
    heap.storages.append(storage)
    push(.storage(heap.storages.count - 1))
  }

  private func narrow(_ storage: inout TorchStorage, to view: PickleValue) throws(ArchiveFault) {
    guard case .tuple(let index) = view, heap.tuples[index].count == 3,
      case .integer(let offset) = heap.tuples[index][1], offset >= 0,
      case .integer(let count) = heap.tuples[index][2], count >= 0,
      offset <= storage.count, count <= storage.count - offset
    else { throw fault("a view that reaches beyond its storage") }
    storage.start = offset
    storage.viewed = count
  }

  /// `(storage, offset, shape, strides, …)`.
  private mutating func pushTensor(
    _ arguments: [PickleValue], type stated: ElementType?, metadata: PickleValue?
  ) throws(ArchiveFault) {
    guard case .storage(let index) = arguments[0], case .integer(let offset) = arguments[1],
      let shape = integers(arguments[2]), let strides = integers(arguments[3])
    else { throw fault("a tensor without storage, offset, shape and strides") }
    let storage = heap.storages[index]
    guard let type = stated ?? storage.type else {
      throw fault("a tensor of plain bytes without a type")
    }
    // The count of a storage of plain bytes is one of bytes.
    let count = storage.type == nil ? storage.available / type.size : storage.available
    guard storage.type == nil || storage.type == type,
      let layout = StridedLayout(
        type: type, shape: shape, strides: strides, offset: offset, storageCount: count)
    else { throw fault("a tensor of shape \(shape) that reaches beyond its storage") }
    // Lazy negation and the like would change the values.
    if let metadata, metadata != .none, heap.members(metadata)?.isEmpty != true {
      throw .unsupported("it holds a tensor with marks (a lazy negation, say); save its clone()")
    }
    heap.tensors.append(TorchTensor(storage: index, layout: layout))
    push(.tensor(heap.tensors.count - 1))
  }

  private func integers(_ value: PickleValue) -> [Int]? {
    guard let elements = elements(value), elements.count <= StridedLayout.maximumRank else {
      return nil
    }
    var integers: [Int] = []
    for element in elements {
      guard case .integer(let integer) = element else { return nil }
      integers.append(integer)
    }
    return integers
  }
}
