import Checkpoints

/// A safetensors file: its header in memory, then every tensor through the mapped file, twice over
/// under the names of older exporters.
final class SafetensorsTarget: FuzzTarget {
  static let name = "safetensors"
  static let sources = [
    "Engine/Checkpoints/SafetensorsHeader.swift",
    "Engine/Checkpoints/SafetensorsHeader+Entry.swift",
    "Engine/Checkpoints/SafetensorsFile.swift", "Engine/Checkpoints/StoredElements.swift",
    "Engine/Checkpoints/ElementType.swift", "Engine/Checkpoints/MappedFile.swift",
    "Engine/Checkpoints/JSONParser.swift", "Engine/Checkpoints/JSONValue.swift",
    "Engine/Checkpoints/WeightNaming.swift",
  ]

  private let folder: ScratchFolder
  private static let file = "model.safetensors"

  init() throws { folder = try ScratchFolder() }

  func read(_ input: [UInt8]) -> FuzzVerdict {
    do {
      let header = try input.withUnsafeBytes { bytes throws(CheckpointError) in
        try SafetensorsHeader(file: bytes, path: Self.file)
      }
      if let fault = Self.fault(of: header, fileSize: input.count) { return .wrong(fault) }
      return try folder.with([Self.file: input]) { readFile(header) }
    } catch {
      return .refused("\(error)")
    }
  }

  /// What an accepted header says wrongly: the tensors must lie one behind the other to the end.
  private static func fault(of header: SafetensorsHeader, fileSize: Int) -> String? {
    guard header.names.count == header.entries.count else { return "names without entries" }
    var end: Int?
    for name in header.names {
      guard let entry = header.entries[name] else { return "no entry for \(name)" }
      let count = entry.shape.contains(0) ? 0 : entry.shape.reduce(1, *)
      guard count == entry.count else { return "\(name) has \(entry.count), not \(count)" }
      guard end == nil || end == entry.range.lowerBound else { return "\(name) is misplaced" }
      end = entry.range.upperBound
    }
    return (end ?? fileSize) == fileSize ? nil : "the file does not end with its last tensor"
  }

  private func readFile(_ header: SafetensorsHeader) -> FuzzVerdict {
    do {
      let file = try SafetensorsFile(path: "\(folder.path)/\(Self.file)")
      guard file.entries == header.entries, file.names == header.names else {
        return .wrong("the mapped file has another header")
      }
      for name in file.names {
        if let fault = Self.fault(of: name, in: file) { return .wrong(fault) }
      }
      // Integers are no weights; that some are there is no fault of the file.
      for naming in [WeightNaming.asStored, .autoencoder, .textEncoder] {
        var store = try WeightStore(files: [file], path: folder.path, naming: naming)
        _ = try? store.takeAll()
      }
      return .accepted
    } catch {
      return .refused("\(error)")
    }
  }

  /// Reads one tensor both ways and compares what came with its entry.
  private static func fault(of name: String, in file: SafetensorsFile) -> String? {
    guard let entry = file.entries[name] else { return "no entry for \(name)" }
    if let tensor = try? file.tensor(name) {
      guard tensor.shape.extents == entry.shape, tensor.values.count == entry.count else {
        return "\(name) was read as \(tensor.shape)"
      }
    }
    if let integers = try? file.integers(name), integers.count != entry.count {
      return "\(name) gave \(integers.count) integers"
    }
    file.discard(name)
    return nil
  }

  // MARK: Structure: the header's length, the header, the data

  static func parts(of input: [UInt8]) -> [[UInt8]] {
    guard input.count >= 8 else { return [input] }
    let stored = input.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let length = Int(clamping: min(stored, UInt64(input.count - 8)))
    return [Array(input[8..<(8 + length)]), Array(input[(8 + length)...])]
  }

  static func whole(_ parts: [[UInt8]]) -> [UInt8] {
    guard let header = parts.first, parts.count > 1 else { return Array(parts.joined()) }
    return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
      + parts.joined()
  }
}
