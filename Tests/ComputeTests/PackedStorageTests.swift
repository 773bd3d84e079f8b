import Compute
import Testing

/// What packing keeps of weights, against rounding written down plainly.
@Suite struct PackedStorageTests {
  /// Normal values of very different sizes from row to row, `[columns, depth]`.
  private func weights(columns: Int, depth: Int) -> [Float] {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    func uniform() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int32(truncatingIfNeeded: state >> 33)) / Float(1 << 30) - 1
    }
    return (0..<columns).flatMap { column in
      let size = Float(sign: .plus, exponent: column % 9 - 6, significand: 1)
      return (0..<depth).map { _ in (uniform() + uniform() + uniform()) * size }
    }
  }

  private func unpacked(
    _ values: [Float], columns: Int, depth: Int, _ storage: WeightStorage
  ) -> [Float] {
    values.withUnsafeBufferPointer { source in
      guard let start = source.baseAddress else { return [] }
      let matrix = PackedMatrix(
        .init(start, depthDistance: 1, columnDistance: depth), depth: depth, columns: columns,
        storage: storage)
      return [Float](unsafeUninitializedCapacity: values.count) { target, count in
        if let out = target.baseAddress { matrix.unpack(into: out) }
        count = values.count
      }
    }
  }

  /// Rounded to nearest, ties to even, at 8 bits of significand.
  private func bfloat(_ value: Float) -> Float {
    let bits = value.bitPattern
    let rounded = bits &+ 0x7FFF &+ (bits >> 16 & 1)
    return Float(bitPattern: rounded & 0xFFFF_0000)
  }

  /// Steps of 1/127 of the row's largest value, rounded to nearest, ties to even.
  private func bytes(_ row: ArraySlice<Float>) -> [Float] {
    let largest = row.map(abs).max() ?? 0
    guard largest > 0 else { return row.map { _ in 0 } }
    let (step, inverse) = (largest / 127, 127 / largest)
    return row.map { ($0 * inverse).rounded(.toNearestOrEven) * step }
  }

  private func twin(_ values: [Float], depth: Int, _ storage: WeightStorage) -> [Float] {
    switch storage {
    case .float32: values
    case .float16: values.map { Float(Float16($0)) }
    case .bfloat16: values.map(bfloat)
    case .int8:
      stride(from: 0, to: values.count, by: depth).flatMap { bytes(values[$0..<$0 + depth]) }
    }
  }

  @Test(
    arguments: WeightStorage.allCases, [(1, 1), (5, 7), (32, 16), (33, 40), (67, 129), (320, 64)])
  func `weights are kept as the plain rounding says`(
    storage: WeightStorage, size: (columns: Int, depth: Int)
  ) {
    let values = weights(columns: size.columns, depth: size.depth)
    let kept = unpacked(values, columns: size.columns, depth: size.depth, storage)
    #expect(kept == twin(values, depth: size.depth, storage))
  }

  @Test func `no weight is further off than its storage allows`() {
    let (columns, depth) = (70, 90)
    let values = weights(columns: columns, depth: depth)
    for storage in WeightStorage.allCases {
      let kept = unpacked(values, columns: columns, depth: depth, storage)
      for (index, (value, stored)) in zip(values, kept).enumerated() {
        let row = index / depth * depth
        let largest = values[row..<row + depth].map(abs).max() ?? 0
        let bound: Float =
          switch storage {
          case .float32: 0
          case .float16: max(abs(value) * 0x1p-11, 0x1p-25)
          case .bfloat16: abs(value) * 0x1p-8
          case .int8: largest / 254 * 1.0001
          }
        #expect(abs(value - stored) <= bound, "\(storage) at \(index)")
      }
    }
  }

  @Test func `rows of zeros and of one size stay what they are`() {
    let values: [Float] = [0, 0, 0, -0.5, 0.5, -0.5, 3, 3, 3, 0, 0, 127]
    for storage in WeightStorage.allCases {
      #expect(unpacked(values, columns: 4, depth: 3, storage) == values, "\(storage)")
    }
  }
}
