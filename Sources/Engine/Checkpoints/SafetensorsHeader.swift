/// Where one tensor lies in a safetensors file.
package struct TensorEntry: Sendable, Equatable {
  package let type: ElementType
  package let shape: [Int]
  /// Bytes, counted from the start of the file.
  package let range: Range<Int>

  /// Number of elements; 1 for a scalar, whose shape is empty.
  package var count: Int { range.count / type.size }
}

/// The checked header of a safetensors file: eight bytes of little-endian length, a JSON object,
/// then the bytes of all tensors without gaps (huggingface/safetensors, "Format").
package struct SafetensorsHeader: Sendable, Equatable {
  package let entries: [String: TensorEntry]
  /// Tensor names in the order of their bytes.
  package let names: [String]
  package let metadata: [String: String]

  /// Reads and checks everything that can be checked without looking at the tensors' bytes.
  package init(file: UnsafeRawBufferPointer, path: String) throws(CheckpointError) {
    let length = try Self.headerLength(file, path: path)
    let text = UnsafeRawBufferPointer(rebasing: file[8..<(8 + length)])
    let members = try Self.members(text, path: path)
    var entries: [String: TensorEntry] = [:]
    entries.reserveCapacity(members.count)
    var metadata: [String: String] = [:]
    for key in members.keys {
      guard let value = members[key] else { continue }
      if key == "__metadata__" {
        metadata = try Self.metadata(value, path: path)
      } else {
        entries[key] = try Self.entry(
          value, name: key, dataStart: 8 + length, fileSize: file.count, path: path)
      }
    }
    self.entries = entries
    self.metadata = metadata
    names = try Self.ordered(entries, dataStart: 8 + length, fileSize: file.count, path: path)
  }

  private static func headerLength(
    _ file: UnsafeRawBufferPointer, path: String
  ) throws(CheckpointError) -> Int {
    guard file.count >= 8 else {
      throw .malformedHeader(path: path, reason: "\(file.count) bytes are no header")
    }
    let stored = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
    guard let length = Int(exactly: stored), length <= JSONLimits.header.bytes else {
      throw .malformedHeader(path: path, reason: "a header of \(stored) bytes")
    }
    guard length >= 2, length <= file.count - 8 else {
      throw .malformedHeader(
        path: path, reason: "a header of \(length) bytes in a file of \(file.count)")
    }
    return length
  }

  private static func members(
    _ text: UnsafeRawBufferPointer, path: String
  ) throws(CheckpointError) -> JSONObject {
    guard text.first == UInt8(ascii: "{") else {
      throw .malformedHeader(path: path, reason: "the header does not begin with '{'")
    }
    let value: JSONValue
    do {
      value = try JSONParser.parse(text, limits: .header)
    } catch {
      throw .malformedJSON(path: path, offset: 8 + error.offset, reason: error.reason)
    }
    guard case .object(let members) = value else {
      throw .malformedHeader(path: path, reason: "the header is no object")
    }
    return members
  }

  private static func metadata(
    _ value: JSONValue, path: String
  ) throws(CheckpointError) -> [String: String] {
    guard case .object(let members) = value else {
      throw .unexpectedJSON(path: path, key: "__metadata__", reason: "must be an object")
    }
    var metadata: [String: String] = [:]
    for key in members.keys {
      guard case .string(let text)? = members[key] else {
        throw .unexpectedJSON(
          path: path, key: "__metadata__", reason: "the value of \"\(key)\" must be a string")
      }
      metadata[key] = text
    }
    return metadata
  }

  /// Sorts by position and refuses overlaps, holes and bytes behind the last tensor.
  private static func ordered(
    _ entries: [String: TensorEntry], dataStart: Int, fileSize: Int, path: String
  ) throws(CheckpointError) -> [String] {
    let sorted = entries.sorted {
      ($0.value.range.lowerBound, $0.value.range.upperBound, $0.key)
        < ($1.value.range.lowerBound, $1.value.range.upperBound, $1.key)
    }
    var end = dataStart
    for (name, entry) in sorted {
      guard entry.range.lowerBound >= end else {
        throw .misplacedBytes(path: path, tensor: name, reason: "overlaps the tensor before it")
      }
      guard entry.range.lowerBound == end else {
        let hole = entry.range.lowerBound - end
        throw .misplacedBytes(
          path: path, tensor: name, reason: "\(hole) bytes before it belong to no tensor")
      }
      end = entry.range.upperBound
    }
    guard end == fileSize else {
      throw .misplacedBytes(
        path: path, tensor: sorted.last?.key ?? "",
        reason: "\(fileSize - end) bytes after it belong to no tensor")
    }
    return sorted.map(\.key)
  }
}
