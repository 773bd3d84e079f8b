/// The name of an error's case.
func caseName(_ error: any Error) -> String {
  Mirror(reflecting: error).children.first?.label ?? ""
}

/// The bytes of a safetensors file with this header and so many bytes of data.
func safetensors(_ header: String, data: Int = 0) -> [UInt8] {
  let text = Array(header.utf8)
  return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
    + (0..<data).map { UInt8(truncatingIfNeeded: $0) }
}
