import CKernels
import Compute

/// Turns stored real numbers into 32-bit floats.
enum StoredFloats {
  /// Elements that one task converts.
  private static let block = 1 << 16

  /// Fills `floats` from as many stored elements; `bytes` need not be aligned.
  static func read(
    _ bytes: UnsafeRawBufferPointer, as type: ElementType,
    into floats: UnsafeMutableBufferPointer<Float>
  ) {
    guard let source = bytes.baseAddress, let target = floats.baseAddress else { return }
    let count = min(floats.count, bytes.count / type.size)
    // Unchecked: the tasks write disjoint ranges, and the call returns when all are done.
    nonisolated(unsafe) let (from, to) = (source, target)
    ThreadTeam.current.forEach((count + block - 1) / block) { task in
      let start = task * block
      convert(
        from + start * type.size, as: type, to: to + start, count: min(block, count - start))
    }
  }

  private static func convert(
    _ source: UnsafeRawPointer, as type: ElementType, to target: UnsafeMutablePointer<Float>,
    count: Int
  ) {
    switch type {
    case .f32:
      UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: count * 4)
    case .f64:
      for index in 0..<count {
        target[index] = Float(source.loadUnaligned(fromByteOffset: index * 8, as: Double.self))
      }
    case .f16: halves(source, count) { Kernels.active.half_to_float($0, target, count) }
    case .bf16: halves(source, count) { Kernels.active.bfloat_to_float($0, target, count) }
    default: break
    }
  }

  /// The elements at an even address, which the kernels need; copied where they are at an odd one.
  private static func halves(
    _ source: UnsafeRawPointer, _ count: Int, _ body: (UnsafePointer<UInt16>) -> Void
  ) {
    if UInt(bitPattern: source) % 2 == 0 {
      body(source.assumingMemoryBound(to: UInt16.self))
      return
    }
    withUnsafeTemporaryAllocation(of: UInt16.self, capacity: count) { copy in
      guard let base = copy.baseAddress else { return }
      UnsafeMutableRawPointer(base).copyMemory(from: source, byteCount: count * 2)
      body(base)
    }
  }
}

/// Reads stored integers.
enum StoredIntegers {
  /// The elements, or nothing where the type is none of these or a value does not fit.
  static func read(_ bytes: UnsafeRawBufferPointer, as type: ElementType) -> [Int]? {
    switch type {
    case .i8: elements(bytes, Int8.self)
    case .i16: elements(bytes, Int16.self)
    case .i32: elements(bytes, Int32.self)
    case .i64: elements(bytes, Int64.self)
    case .u8, .bool: elements(bytes, UInt8.self)
    case .u16: elements(bytes, UInt16.self)
    case .u32: elements(bytes, UInt32.self)
    case .u64: elements(bytes, UInt64.self)
    case .f64, .f32, .f16, .bf16: nil
    }
  }

  private static func elements<Element: FixedWidthInteger>(
    _ bytes: UnsafeRawBufferPointer, _: Element.Type
  ) -> [Int]? {
    let size = MemoryLayout<Element>.size
    var result: [Int] = []
    result.reserveCapacity(bytes.count / size)
    for offset in stride(from: 0, to: bytes.count - size + 1, by: size) {
      let stored = bytes.loadUnaligned(fromByteOffset: offset, as: Element.self)
      guard let value = Int(exactly: Element(littleEndian: stored)) else { return nil }
      result.append(value)
    }
    return result
  }
}
