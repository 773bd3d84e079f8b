/// A storage that a pickle names: the bytes lie elsewhere in the file.
struct TorchStorage: Equatable {
  /// The name of its bytes: a record of the archive, or a key of the legacy list.
  var key: String
  /// How its elements are written; nothing for plain bytes.
  var type: ElementType?
  /// Elements behind the key.
  var count: Int
  /// The first element of a view on them and its number of elements (legacy files only).
  var start = 0
  var viewed: Int?

  /// Elements that tensors may reach.
  var available: Int { viewed ?? count }
  /// Bytes of one element.
  var elementSize: Int { type?.size ?? 1 }
}

/// A tensor as a pickle describes it: a window on a storage.
struct TorchTensor: Equatable {
  /// Place of its storage in the heap.
  var storage: Int
  var layout: StridedLayout
}

/// Where the elements of a tensor lie in its storage.
struct StridedLayout: Equatable, Sendable {
  let type: ElementType
  let shape: [Int]
  /// Elements between neighbours along each axis; 0 where an axis repeats or has no neighbours.
  let strides: [Int]
  /// The first element.
  let offset: Int
  /// Elements in all.
  let count: Int

  static let maximumRank = 16

  /// Nothing where the shape and strides do not fit each other, leave 64 bits or reach beyond a
  /// storage of so many elements.
  init?(type: ElementType, shape: [Int], strides: [Int], offset: Int, storageCount: Int) {
    guard shape.count == strides.count, shape.count <= Self.maximumRank, offset >= 0,
      shape.allSatisfy({ $0 >= 0 }), strides.allSatisfy({ $0 >= 0 }),
      let bytes = SafetensorsHeader.byteCount(shape, of: type)
    else { return nil }
    (self.type, self.shape, self.offset) = (type, shape, offset)
    // Nothing bounds the stride of an axis of one: it is never gone along.
    self.strides = zip(shape, strides).map { $0 > 1 ? $1 : 0 }
    count = bytes / type.size
    if count == 0 { return }
    var last = offset
    for (size, stride) in zip(shape, strides) {
      let (reach, product) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, addition) = last.addingReportingOverflow(reach)
      guard !product, !addition else { return nil }
      last = sum
    }
    guard last < storageCount else { return nil }
  }

  /// Whether the elements lie one behind the other in the tensor's order.
  var isContiguous: Bool {
    var expected = 1
    for (size, stride) in zip(shape, strides).reversed() where size != 1 {
      guard stride == expected else { return false }
      expected *= size
    }
    return true
  }

  /// Copies the elements of a storage into the tensor's order; `target` holds `count` of them.
  func gather(from storage: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) {
    switch type.size {
    case 8: gather(storage, target, UInt64.self)
    case 4: gather(storage, target, UInt32.self)
    case 2: gather(storage, target, UInt16.self)
    default: gather(storage, target, UInt8.self)
    }
  }

  private func gather<Element: BitwiseCopyable>(
    _ storage: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer, _: Element.Type
  ) {
    guard count > 0 else { return }
    let size = MemoryLayout<Element>.size
    let (width, step) = (shape.last ?? 1, strides.last ?? 1)
    var indices = [Int](repeating: 0, count: max(shape.count - 1, 0))
    var (start, written) = (offset, 0)
    while written < count {
      for column in 0..<width {
        let element = storage.loadUnaligned(
          fromByteOffset: (start + column * step) * size, as: Element.self)
        target.storeBytes(of: element, toByteOffset: (written + column) * size, as: Element.self)
      }
      written += width
      for axis in indices.indices.reversed() {
        indices[axis] += 1
        start += strides[axis]
        if indices[axis] < shape[axis] { break }
        start -= indices[axis] * strides[axis]
        indices[axis] = 0
      }
    }
  }
}
