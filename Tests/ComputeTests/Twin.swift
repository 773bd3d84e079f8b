import CKernels
import Foundation

/// The plain twins of the kernels, in double precision.
enum Twin {
  static let activations: [(Int32, @Sendable (Double) -> Double)] = [
    (Int32(CK_ACTIVATION_NONE.rawValue), { $0 }),
    (Int32(CK_ACTIVATION_SILU.rawValue), { $0 / (1 + exp(-$0)) }),
    (Int32(CK_ACTIVATION_GELU.rawValue), gelu),
    (Int32(CK_ACTIVATION_QUICK_GELU.rawValue), { $0 / (1 + exp(-1.702 * $0)) }),
    (Int32(CK_ACTIVATION_RELU.rawValue), { max($0, 0) }),
  ]

  @Sendable static func gelu(_ x: Double) -> Double { 0.5 * x * erfc(-x / 2.0.squareRoot()) }

  static func normalized(_ x: [Float], epsilon: Double) -> [Double] {
    let values = x.map { Double($0) }
    let mean = values.reduce(0, +) / Double(x.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
    return values.map { ($0 - mean) / (variance + epsilon).squareRoot() }
  }

  static func softmax(_ x: [Float]) -> [Double] {
    let highest = Double(x.max() ?? 0)
    let exponentials = x.map { exp(Double($0) - highest) }
    let total = exponentials.reduce(0, +)
    return exponentials.map { $0 / total }
  }

  static func half(_ bits: UInt16) -> Double {
    let (sign, exponent) = (bits >> 15 == 0 ? 1.0 : -1.0, Int(bits >> 10 & 0x1f))
    let mantissa = Double(bits & 0x3ff)
    if exponent == 31 { return sign * .infinity }
    return sign * (exponent == 0 ? mantissa : mantissa + 1_024)
      * pow(2, Double(max(exponent, 1) - 25))
  }

  static func converted(
    _ x: [Float], _ kernel: (UnsafePointer<Float>, UnsafeMutablePointer<UInt16>, Int) -> Void
  ) -> [UInt16] {
    [UInt16](unsafeUninitializedCapacity: x.count) { target, count in
      if let out = target.baseAddress { kernel(x, out, x.count) }
      count = x.count
    }
  }
}

/// Values between -1 and 1 that depend on the seed alone.
func noise(_ count: Int, _ seed: UInt64) -> [Float] {
  var state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
  }
}

/// What a kernel leaves in a fresh row.
func filled(_ count: Int, _ kernel: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
  [Float](unsafeUninitializedCapacity: count) { target, initialized in
    if let out = target.baseAddress {
      out.initialize(repeating: .nan, count: count)
      kernel(out)
    }
    initialized = count
  }
}
