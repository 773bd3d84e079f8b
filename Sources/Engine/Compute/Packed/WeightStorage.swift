/// How the values of a weight matrix are kept in memory; products are computed in 32 bits whatever
/// the storage is.
package enum WeightStorage: String, CaseIterable, Sendable, Codable {
  case float32 = "fp32"
  case float16 = "fp16"
  case bfloat16 = "bf16"
  /// 255 steps for every output channel, with a scale of its own.
  case int8

  package var bytesPerValue: Int {
    switch self {
    case .float32: 4
    case .float16, .bfloat16: 2
    case .int8: 1
    }
  }
}
