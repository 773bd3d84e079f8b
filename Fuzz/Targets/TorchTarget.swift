import Checkpoints

/// A checkpoint that torch wrote: a zip archive, a TorchScript archive or a legacy file, then every
/// tensor of it.
final class TorchTarget: FuzzTarget {
  static let name = "torch"
  static let sources = [
    "ByteReader", "PickleOpcode", "PickleValue", "StateDictionary", "TorchCheckpoint",
    "TorchContents", "TorchGlobal", "TorchIndex", "TorchTensor", "Unpickler", "Unpickler+Globals",
    "Unpickler+Scalars", "ZipDirectory",
  ].map { "Engine/Checkpoints/Torch/\($0).swift" }

  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  func read(_ input: [UInt8]) -> FuzzVerdict {
    do {
      // In memory first, where one byte too far is seen.
      _ = try input.withUnsafeBytes { bytes throws(CheckpointError) in
        try TorchIndex(file: bytes, path: "model.pt")
      }
      return try folder.with(["model.pt": input]) { readFile("\(folder.path)/model.pt") }
    } catch {
      return .refused("\(error)")
    }
  }

  private func readFile(_ path: String) -> FuzzVerdict {
    do {
      let file = try TorchCheckpoint(path: path)
      guard Set(file.names).count == file.names.count else { return .wrong("a name twice") }
      for name in file.names {
        guard let shape = file.shape(of: name), let type = file.type(of: name) else {
          return .wrong("no entry for \(name)")
        }
        if type.isFloatingPoint {
          let tensor = try file.tensor(name)
          guard tensor.shape.extents == shape, tensor.values.count == tensor.shape.count else {
            return .wrong("\(name) was read as \(tensor.shape)")
          }
        } else if let integers = try? file.integers(name), integers.count != shape.reduce(1, *) {
          return .wrong("\(name) gave \(integers.count) integers")
        }
        file.discard(name)
      }
      return .accepted
    } catch {
      return .refused("\(error)")
    }
  }

  // MARK: Structure: the records of an archive, each its name, a line feed, its bytes

  static func parts(of input: [UInt8]) -> [[UInt8]] {
    guard input.starts(with: ZipRecords.local) else { return [input] }
    return ZipRecords.parts(of: input)
  }

  static func whole(_ parts: [[UInt8]]) -> [UInt8] {
    // A pickle by itself is a legacy file.
    if parts.count == 1, parts[0].first == 0x80 { return parts[0] }
    return ZipRecords.whole(parts)
  }
}

/// A zip archive without compression, cut into records and joined (PKWARE's APPNOTE 6.3.9).
private enum ZipRecords {
  static let local: [UInt8] = [0x50, 0x4B, 3, 4]
  private static let central: [UInt8] = [0x50, 0x4B, 1, 2]
  private static let end: [UInt8] = [0x50, 0x4B, 5, 6]
  private static let description: [UInt8] = [0x50, 0x4B, 7, 8]

  /// Reads local headers one behind the other, as far as they go.
  static func parts(of input: [UInt8]) -> [[UInt8]] {
    var parts: [[UInt8]] = []
    var rest = input[...]
    while rest.count >= 30, rest.starts(with: local) {
      func number(_ offset: Int, _ count: Int) -> Int {
        rest.dropFirst(offset).prefix(count).reversed().reduce(0) { $0 << 8 | Int($1) }
      }
      let (flags, size) = (number(6, 2), number(18, 4))
      let (nameLength, extra) = (number(26, 2), number(28, 2))
      rest = rest.dropFirst(30)
      let name = rest.prefix(nameLength)
      rest = rest.dropFirst(name.count + extra)
      // Where sizes stand behind the bytes, as torch writes them, the header has none.
      let described = flags & 8 != 0 ? rest.firstRange(of: description)?.lowerBound : nil
      let content = described.map { rest[..<$0] } ?? rest.prefix(size)
      rest = rest.dropFirst(content.count)
      if let next = rest.firstRange(of: local) ?? rest.firstRange(of: central) {
        rest = rest[next.lowerBound...]
      }
      parts.append(name + [0x0A] + content)
    }
    return parts
  }

  static func whole(_ parts: [[UInt8]]) -> [UInt8] {
    var (bytes, directory): ([UInt8], [UInt8]) = ([], [])
    for part in parts {
      let name = Array(part.prefix { $0 != 0x0A })
      let content = Array(part.dropFirst(name.count + 1))
      // Version, flags, method, time, date, checksum, sizes, length of the name, no extra field.
      let common =
        [UInt8](repeating: 0, count: 14) + little(content.count, 4) + little(content.count, 4)
        + little(name.count, 2) + [0, 0]
      directory +=
        central + [0, 0] + common + [UInt8](repeating: 0, count: 10) + little(bytes.count, 4) + name
      bytes += local + common + name + content
    }
    let count = little(parts.count, 2)
    return bytes + directory + end + [0, 0, 0, 0] + count + count + little(directory.count, 4)
      + little(bytes.count, 4) + [0, 0]
  }

  private static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
