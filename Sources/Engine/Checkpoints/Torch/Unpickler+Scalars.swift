extension Unpickler {
  mutating func scalar(_ opcode: PickleOpcode) throws(ArchiveFault) -> PickleValue {
    switch opcode {
    case .newTrue: .bool(true)
    case .newFalse: .bool(false)
    case .binaryFloat: .number(try reader.bigEndianDouble())
    case .binaryInteger: .integer(Int(try reader.number(Int32.self)))
    case .binaryInteger1: .integer(Int(try reader.number(UInt8.self)))
    case .binaryInteger2: .integer(Int(try reader.number(UInt16.self)))
    case .long1: try long(UInt64(try reader.number(UInt8.self)))
    case .long4: try long(UInt64(try reader.number(UInt32.self)))
    default: .none
    }
  }

  /// A two's complement integer of so many little-endian bytes.
  private mutating func long(_ count: UInt64) throws(ArchiveFault) -> PickleValue {
    let bytes = try reader.take(count)
    guard bytes.count <= 8 else { return .largeInteger(Array(bytes)) }
    let isNegative = bytes.last.map { $0 >= 0x80 } ?? false
    var value: UInt64 = isNegative ? .max : 0
    for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
    return .integer(Int(truncatingIfNeeded: value))
  }

  mutating func text(_ opcode: PickleOpcode) throws(ArchiveFault) -> String {
    switch opcode {
    case .shortBinaryString, .shortBinaryUnicode:
      try reader.text(UInt64(try reader.number(UInt8.self)))
    case .binaryUnicode8: try reader.text(try reader.number(UInt64.self))
    default: try reader.text(UInt64(try reader.number(UInt32.self)))
    }
  }
}
