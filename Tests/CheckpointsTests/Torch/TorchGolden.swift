import Foundation
import Testing

@testable import Checkpoints

/// The golden files of `Scripts/fixtures/make_torch_archives.py`.
enum TorchGolden {
  struct File: Decodable {
    struct Tensor: Decodable {
      let name: String
      let type: String
      let shape: [Int]
    }

    let format: String?
    let tensors: [Tensor]?
    /// Words of the message with which the file must be refused.
    let refused: String?
  }

  static func path(_ name: String) -> String {
    let resources = Bundle.module.resourceURL ?? URL(fileURLWithPath: ".")
    return resources.appendingPathComponent("Fixtures/torch/\(name)").path
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  static func files() throws -> [String: File] {
    try JSONDecoder().decode([String: File].self, from: Data(bytes("files.json")))
  }
}

/// A zip archive of plain records, written without checksums, as torch can.
struct ZipBytes {
  struct Record {
    var name: String
    var data: [UInt8]
    var method: UInt16 = 0
    var flags: UInt16 = 0
  }

  var records: [Record]
  var comment = ""
  /// Puts sizes and offsets into zip64 fields, with a zip64 end record.
  var isLarge = false

  /// Numbers with their widths in bytes, one behind the other.
  private func fields(_ fields: (Int, Int)...) -> [UInt8] { fields.flatMap { little($0, $1) } }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    for record in records {
      directory += central(record, at: bytes.count)
      let size = record.data.count
      bytes += fields((0x0403_4B50, 4), (20, 2), (Int(record.flags), 2), (Int(record.method), 2))
      bytes += fields((0, 8), (size, 4), (size, 4), (record.name.utf8.count, 2), (0, 2))
      bytes += Array(record.name.utf8)
      bytes += record.data
    }
    let start = bytes.count
    let count = records.count
    bytes += directory
    if isLarge { bytes += largeEnd(start, directory.count) }
    bytes += fields((0x0605_4B50, 4), (0, 4), (count, 2), (count, 2))
    bytes += fields((isLarge ? 0xFFFF_FFFF : directory.count, 4))
    bytes += fields((isLarge ? 0xFFFF_FFFF : start, 4), (comment.utf8.count, 2))
    return bytes + Array(comment.utf8)
  }

  private func central(_ record: Record, at offset: Int) -> [UInt8] {
    let size = isLarge ? 0xFFFF_FFFF : record.data.count
    let place = isLarge ? 0xFFFF_FFFF : offset
    let wide = record.data.count
    let extra = isLarge ? fields((1, 2), (24, 2), (wide, 8), (wide, 8), (offset, 8)) : []
    var bytes = fields((0x0201_4B50, 4), (0, 4), (Int(record.flags), 2), (Int(record.method), 2))
    bytes += fields((0, 8), (size, 4), (size, 4), (record.name.utf8.count, 2), (extra.count, 2))
    bytes += fields((0, 10), (place, 4))
    bytes += Array(record.name.utf8)
    return bytes + extra
  }

  private func largeEnd(_ start: Int, _ size: Int) -> [UInt8] {
    let count = records.count
    var bytes = fields((0x0606_4B50, 4), (44, 8), (0, 12), (count, 8), (count, 8))
    bytes += fields((size, 8), (start, 8), (0x0706_4B50, 4), (0, 4))
    bytes += fields((start + size, 8), (1, 4))
    return bytes
  }
}

/// The low bytes of a number, lowest first.
func little(_ value: Int, _ count: Int) -> [UInt8] {
  (0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
}

/// An archive of `torch.save` with this pickle and storages.
func torchArchive(_ pickle: [UInt8], storages: [String: [UInt8]] = [:]) -> [UInt8] {
  var records = [ZipBytes.Record(name: "archive/data.pkl", data: pickle)]
  for (key, data) in storages.sorted(by: { $0.key < $1.key }) {
    records.append(ZipBytes.Record(name: "archive/data/\(key)", data: data))
  }
  return ZipBytes(records: records).bytes
}

/// Opens bytes as a torch file and reads every tensor; the message of the error, if there is one.
@discardableResult
func torchFault(_ bytes: [UInt8]) -> String? {
  bytes.withUnsafeBytes { file in
    do throws(CheckpointError) {
      let index = try TorchIndex(file: file, path: "some.pt")
      for name in index.names {
        guard let count = index.withElements(name, in: file, { $0.count / $1.size }),
          count == index.shape(name)?.reduce(1, *)
        else { return "the tensor \(name) has not its own size" }
      }
      return nil
    } catch {
      return error.description
    }
  }
}
