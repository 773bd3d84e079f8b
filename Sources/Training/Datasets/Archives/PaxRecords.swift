/// What an extended header says about members behind it.
///
/// Source: POSIX.1-2017, pax, "pax Extended Header": records "length key=value\n".
struct PaxRecords {
  private(set) var values: [String: String] = [:]

  init() {}

  init(_ bytes: [UInt8]) throws(TarHeader.Fault) {
    var rest = bytes[...]
    while !rest.isEmpty {
      // Some writers pad with nulls.
      if rest.first == 0 { return }
      guard let space = rest.prefix(20).firstIndex(of: 0x20),
        let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
        length > space - rest.startIndex + 1, length <= rest.count
      else { throw TarHeader.Fault(reason: "an extended header's record has no length") }
      let end = rest.startIndex + length
      let record = rest[(space + 1)..<(end - 1)]
      guard rest[end - 1] == 0x0A, let equals = record.firstIndex(of: 0x3D) else {
        throw TarHeader.Fault(reason: "an extended header's record is no 'key=value' line")
      }
      values[String(decoding: record[..<equals], as: UTF8.self)] =
        String(decoding: record[(equals + 1)...], as: UTF8.self)
      rest = rest[end...]
    }
  }

  mutating func merge(_ other: PaxRecords) {
    values.merge(other.values) { _, new in new }
  }

  /// An empty value takes an earlier one back.
  var path: String? { values["path"].flatMap { $0.isEmpty ? nil : $0 } }
  var isSparse: Bool { values.keys.contains { $0.hasPrefix("GNU.sparse.") } }

  func size() throws(TarHeader.Fault) -> Int? {
    guard let text = values["size"], !text.isEmpty else { return nil }
    guard let size = Int(text), size >= 0 else {
      throw TarHeader.Fault(reason: "an extended header's size is '\(text)'")
    }
    return size
  }
}
