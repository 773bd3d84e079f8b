/// Writes pickles operation by operation, those that no pickler would write too.
struct PickleWriter {
  private(set) var bytes: [UInt8]

  init(version: UInt8 = 2) { bytes = [0x80, version] }

  /// Operations and their arguments as they stand in the file.
  func put(_ operations: String) -> PickleWriter { put(bytes: Array(operations.utf8)) }

  func put(bytes operations: [UInt8]) -> PickleWriter {
    var writer = self
    writer.bytes.append(contentsOf: operations)
    return writer
  }

  /// Operations above ASCII.
  func put(_ operations: UInt8...) -> PickleWriter { put(bytes: operations) }

  func text(_ text: String) -> PickleWriter {
    put(0x58).put(bytes: little(text.utf8.count, 4)).put(text)
  }

  func integer(_ value: Int) -> PickleWriter { put(0x8A, 8).put(bytes: little(value, 8)) }

  func integers(_ values: [Int]) -> PickleWriter {
    values.reduce(put("(")) { $0.integer($1) }.put("t")
  }

  func global(_ module: String, _ name: String) -> PickleWriter { put("c\(module)\n\(name)\n") }

  /// A storage by its persistent id.
  func storage(_ kind: String = "FloatStorage", key: String = "0", count: Int) -> PickleWriter {
    put("(").text("storage").global("torch", kind).text(key).text("cpu").integer(count).put("tQ")
  }

  /// A tensor on one storage of floats.
  func tensor(
    _ shape: [Int], strides: [Int], offset: Int = 0, count: Int, key: String = "0"
  ) -> PickleWriter {
    let start = global("torch._utils", "_rebuild_tensor_v2").put("(")
    let described = start.storage(key: key, count: count).integer(offset).integers(shape)
    return described.integers(strides).put(0x89).put("NtR")
  }

  /// The whole pickle with its end.
  var ended: [UInt8] { put(".").bytes }

  /// A dictionary of one tensor, `w`, built by `body`.
  static func dictionary(_ body: (PickleWriter) -> PickleWriter) -> [UInt8] {
    body(PickleWriter().put("}").text("w")).put("s").ended
  }
}
