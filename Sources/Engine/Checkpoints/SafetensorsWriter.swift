import CKernels
import Compute
import FoundationEssentials
import Glibc
package import Tensors

/// Writes safetensors files: tensors sorted by name, the data 64-byte aligned behind the header.
package enum SafetensorsWriter {
  /// Writes beside the target first and renames, so that a reader never sees half a file.
  ///
  /// - Parameters:
  ///   - type: `.f32`, `.f16` or `.bf16` (rounded to nearest even); others throw.
  ///   - metadata: texts kept in the header.
  package static func write(
    _ tensors: [String: Tensor], to path: String, as type: ElementType = .f32,
    metadata: [String: String] = ["format": "pt"]
  ) throws(CheckpointError) {
    guard [.f32, .f16, .bf16].contains(type) else {
      throw .unwritable(path: path, reason: "\(type.rawValue) is not written; use F32, F16, BF16")
    }
    guard tensors["__metadata__"] == nil else {
      throw .unwritable(path: path, reason: "no tensor may be called __metadata__")
    }
    let temporary = "\(path).\(getpid()).part"
    guard let file = fopen(temporary, "we") else { throw failure(path) }
    let names = tensors.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var isWhole = put(header(tensors, names, type, metadata), file)
    for name in names where isWhole {
      if let tensor = tensors[name] { isWhole = put(encoded(tensor, type), file) }
    }
    isWhole = fflush(file) == 0 && fsync(fileno(file)) == 0 && isWhole
    guard fclose(file) == 0, isWhole, rename(temporary, path) == 0 else {
      let fault = failure(path)
      unlink(temporary)
      throw fault
    }
  }

  private static func failure(_ path: String) -> CheckpointError {
    .unwritable(path: path, reason: String(cString: strerror(errno)))
  }

  private static func put(_ bytes: [UInt8], _ file: UnsafeMutablePointer<FILE>) -> Bool {
    bytes.isEmpty || fwrite(bytes, 1, bytes.count, file) == bytes.count
  }

  /// Length and header, padded with spaces so that the data begins at a multiple of 64 bytes.
  private static func header(
    _ tensors: [String: Tensor], _ names: [String], _ type: ElementType,
    _ metadata: [String: String]
  ) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }.map {
        "\(quoted($0.key)):\(quoted($0.value))"
      }
      members.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
    }
    var offset = 0
    for name in names {
      guard let shape = tensors[name]?.shape else { continue }
      let sizes = (0..<shape.rank).map { String(shape[$0]) }.joined(separator: ",")
      let end = offset + shape.count * type.size
      members.append(
        "\(quoted(name)):{\"dtype\":\"\(type.rawValue)\",\"shape\":[\(sizes)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var text = Array("{\(members.joined(separator: ","))}".utf8)
    text += [UInt8](repeating: 0x20, count: (64 - (text.count + 8) % 64) % 64)
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private static func encoded(_ tensor: Tensor, _ type: ElementType) -> [UInt8] {
    tensor.withUnsafeBufferPointer { floats in
      guard let source = floats.baseAddress, !floats.isEmpty else { return [] }
      if type == .f32 { return Array(UnsafeRawBufferPointer(floats)) }
      let halves = [UInt16](unsafeUninitializedCapacity: floats.count) { buffer, count in
        guard let target = buffer.baseAddress else { return }
        let kernels = Kernels.active
        if type == .f16 {
          kernels.float_to_half(source, target, floats.count)
        } else {
          kernels.float_to_bfloat(source, target, floats.count)
        }
        count = floats.count
      }
      return halves.withUnsafeBytes { Array($0) }
    }
  }
}
