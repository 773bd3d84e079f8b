extension SafetensorsHeader {
  private static let entryKeys: Set<String> = ["dtype", "shape", "data_offsets"]
  private static let maximumRank = 16

  /// Checks one tensor's description against itself and the size of the file.
  static func entry(
    _ value: JSONValue, name: String, dataStart: Int, fileSize: Int, path: String
  ) throws(CheckpointError) -> TensorEntry {
    func fault(_ reason: String) -> CheckpointError {
      .malformedTensor(path: path, tensor: name, reason: reason)
    }
    guard case .object(let members) = value else { throw fault("its entry is no object") }
    if let unknown = members.keys.first(where: { !entryKeys.contains($0) }) {
      throw fault("its entry has the unknown key \"\(unknown)\"")
    }
    guard case .string(let typeName)? = members["dtype"] else { throw fault("no dtype") }
    guard let type = ElementType(rawValue: typeName) else {
      throw .unsupportedType(
        path: path, tensor: name, type: typeName,
        supported: ElementType.allCases.map(\.rawValue).joined(separator: ", "))
    }
    guard let shape = integers(members["shape"]), shape.count <= maximumRank else {
      throw fault("its shape must be a list of at most \(maximumRank) sizes of 0 or more")
    }
    guard let offsets = integers(members["data_offsets"]), offsets.count == 2 else {
      throw fault("its data_offsets must be two numbers of 0 or more")
    }
    guard let size = byteCount(shape, of: type) else { throw fault("its shape overflows") }
    guard offsets[0] <= offsets[1] else { throw fault("it ends before it begins") }
    guard offsets[1] <= fileSize - dataStart else {
      throw fault("it ends \(offsets[1] - (fileSize - dataStart)) bytes behind the file's end")
    }
    guard offsets[1] - offsets[0] == size else {
      throw fault("\(offsets[1] - offsets[0]) bytes for shape \(shape) of \(typeName)")
    }
    return TensorEntry(
      type: type, shape: shape, range: (dataStart + offsets[0])..<(dataStart + offsets[1]))
  }

  /// Bytes of a tensor, or nothing where the product leaves 64 bits.
  ///
  /// A size of zero does not excuse the others: their product must fit too.
  static func byteCount(_ shape: [Int], of type: ElementType) -> Int? {
    var nonEmpty = type.size
    for size in shape where size != 0 {
      let (product, overflow) = nonEmpty.multipliedReportingOverflow(by: size)
      if overflow { return nil }
      nonEmpty = product
    }
    return shape.contains(0) ? 0 : nonEmpty
  }

  private static func integers(_ value: JSONValue?) -> [Int]? {
    guard case .array(let elements)? = value else { return nil }
    var result: [Int] = []
    for element in elements {
      guard case .integer(let integer) = element, integer >= 0 else { return nil }
      result.append(integer)
    }
    return result
  }
}
