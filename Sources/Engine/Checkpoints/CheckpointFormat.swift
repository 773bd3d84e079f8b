/// The kinds of checkpoint files, told apart by their first bytes and never by their names.
package enum CheckpointFormat: String, Sendable {
  case safetensors
  /// `torch.save` since 1.6: a zip archive.
  case torchZip
  /// `torch.jit.save`: a zip archive with code beside its tensors.
  case torchScript
  /// `torch.save` before 1.6: pickles with raw storages behind them.
  case torchLegacy

  static func isZip(_ file: UnsafeRawBufferPointer) -> Bool {
    file.count >= 4 && file[0..<2].elementsEqual("PK".utf8)
      && (file[2..<4].elementsEqual([3, 4]) || file[2..<4].elementsEqual([5, 6]))
  }

  static func isPickle(_ file: UnsafeRawBufferPointer) -> Bool {
    file.count >= 2 && file[0] == 0x80 && (2...5).contains(file[1])
  }

  /// A header's length, then the object.
  static func isSafetensors(_ file: UnsafeRawBufferPointer) -> Bool {
    file.count >= 9 && file[8] == UInt8(ascii: "{")
  }
}
