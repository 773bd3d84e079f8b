/// Reads pickles into plain values.
///
/// It knows the names in `TorchGlobal` and calls nothing: where Python would run a function, a
/// tensor's description is checked and kept.
///
/// Every value that is built took at least a byte of the pickle, and strings are as long as their
/// bytes: memory is bounded by the pickle's length.
struct Unpickler {
  var reader: ByteReader
  let dialect: TorchGlobal.Dialect
  var heap = PickleHeap()
  private var stack: [PickleValue] = []
  /// Heights of the stack where marks stand; nothing below the last one is popped.
  private var marks: [Int] = []
  private var memo: [UInt32: PickleValue] = [:]
  /// Members that were copied from one container into another, the only values without bytes of
  /// their own.
  private var copied = 0
  private let length: Int

  /// Pickles longer than this are no description of a checkpoint.
  static let longest = 1 << 28

  init(_ file: UnsafeRawBufferPointer, _ range: Range<Int>, dialect: TorchGlobal.Dialect) {
    let end = range.lowerBound + min(range.count, Self.longest)
    reader = ByteReader(file, range.lowerBound..<end)
    length = end - range.lowerBound
    self.dialect = dialect
  }

  func fault(_ reason: String) -> ArchiveFault { reader.fault(reason) }

  /// Runs to the end of the next pickle and gives what it holds; the heap grows from one to the
  /// next.
  mutating func load() throws(ArchiveFault) -> PickleValue {
    stack = []
    marks = []
    memo = [:]
    guard reader.remaining >= 2, reader.file[reader.position] == 0x80 else {
      throw fault("no pickle of protocol 2 to 5 begins here")
    }
    while true {
      let code = try reader.number(UInt8.self)
      guard let opcode = PickleOpcode(rawValue: code) else {
        throw fault("the operation 0x\(String(code, radix: 16)) is none that torch writes")
      }
      if opcode == .stop { break }
      try perform(opcode)
    }
    let value = try pop()
    guard stack.isEmpty, marks.isEmpty else { throw fault("the pickle ends too early") }
    return value
  }

  // MARK: The stack

  mutating func push(_ value: PickleValue) { stack.append(value) }

  mutating func pop() throws(ArchiveFault) -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.popLast() else {
      throw fault("an operation without its values")
    }
    return value
  }

  private func top() throws(ArchiveFault) -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.last else {
      throw fault("an operation without its values")
    }
    return value
  }

  /// Everything above the last mark, which goes too.
  private mutating func popToMark() throws(ArchiveFault) -> [PickleValue] {
    guard let height = marks.popLast() else { throw fault("no mark to go back to") }
    let values = Array(stack[height...])
    stack.removeSubrange(height...)
    return values
  }

  private mutating func popTuple(_ count: Int) throws(ArchiveFault) {
    var values: [PickleValue] = []
    for _ in 0..<count { values.append(try pop()) }
    pushTuple(values.reversed())
  }

  // MARK: Operations

  private mutating func perform(_ opcode: PickleOpcode) throws(ArchiveFault) {
    switch opcode {
    case .stop: break
    case .mark: marks.append(stack.count)
    case .protocolVersion, .frame: try header(opcode)
    case .none, .newTrue, .newFalse, .binaryFloat, .binaryInteger, .binaryInteger1,
      .binaryInteger2, .long1, .long4:
      push(try scalar(opcode))
    case .binaryString, .shortBinaryString, .binaryUnicode, .shortBinaryUnicode, .binaryUnicode8:
      push(.string(try text(opcode)))
    case .binaryPut, .longBinaryPut, .memoize, .binaryGet, .longBinaryGet: try remember(opcode)
    case .emptyTuple: pushTuple([])
    case .tuple: pushTuple(try popToMark())
    case .tuple1: try popTuple(1)
    case .tuple2: try popTuple(2)
    case .tuple3: try popTuple(3)
    case .emptyList: pushList([])
    case .list: pushList(try popToMark())
    case .append: try append([try pop()])
    case .appends: try append(try popToMark())
    case .emptyDictionary: pushDictionary([])
    case .dictionary: pushDictionary(try members(try popToMark()))
    case .setItem:
      let value = try pop()
      try set(try members([try pop(), value]))
    case .setItems: try set(try members(try popToMark()))
    case .global, .stackGlobal: try pushGlobal(opcode)
    case .reduce: try reduce()
    case .newObject: try newObject()
    case .build: try build()
    case .binaryPersistentID: try pushStorage()
    }
  }

  private mutating func header(_ opcode: PickleOpcode) throws(ArchiveFault) {
    if opcode == .protocolVersion {
      let version = try reader.number(UInt8.self)
      guard (2...5).contains(version) else { throw fault("a pickle of protocol \(version)") }
    } else {
      let length = try reader.number(UInt64.self)
      guard length <= UInt64(reader.remaining) else { throw fault("a frame of \(length) bytes") }
    }
  }

  private mutating func remember(_ opcode: PickleOpcode) throws(ArchiveFault) {
    let isShort = opcode == .binaryPut || opcode == .binaryGet
    switch opcode {
    case .memoize: memo[UInt32(clamping: memo.count)] = try top()
    case .binaryPut, .longBinaryPut:
      let slot = isShort ? UInt32(try reader.number(UInt8.self)) : try reader.number(UInt32.self)
      memo[slot] = try top()
    default:
      let slot = isShort ? UInt32(try reader.number(UInt8.self)) : try reader.number(UInt32.self)
      guard let value = memo[slot] else { throw fault("nothing was remembered as \(slot)") }
      push(value)
    }
  }

  // MARK: Containers

  private mutating func pushTuple(_ values: [PickleValue]) {
    heap.tuples.append(values)
    push(.tuple(heap.tuples.count - 1))
  }

  private mutating func pushList(_ values: [PickleValue]) {
    heap.lists.append(values)
    push(.list(heap.lists.count - 1))
  }

  mutating func pushDictionary(_ members: [PickleHeap.Member]) {
    heap.dictionaries.append(members)
    push(.dictionary(heap.dictionaries.count - 1))
  }

  private mutating func append(_ values: [PickleValue]) throws(ArchiveFault) {
    guard case .list(let index) = try top() else { throw fault("elements of no list") }
    heap.lists[index] += values
  }

  private mutating func set(_ members: [PickleHeap.Member]) throws(ArchiveFault) {
    guard case .dictionary(let index) = try top() else { throw fault("members of no dictionary") }
    heap.dictionaries[index] += members
  }

  /// Keys and values by turns.
  private func members(_ values: [PickleValue]) throws(ArchiveFault) -> [PickleHeap.Member] {
    guard values.count % 2 == 0 else { throw fault("a key without its value") }
    return stride(from: 0, to: values.count, by: 2).map {
      PickleHeap.Member(key: values[$0], value: values[$0 + 1])
    }
  }

  /// Charges for members that are copied; a pickle that copies more than it is long is refused.
  mutating func charge(_ count: Int) throws(ArchiveFault) {
    copied += count
    guard copied <= length else { throw fault("the pickle repeats itself without end") }
  }
}
