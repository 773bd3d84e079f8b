/// Where the tensors of a torch checkpoint lie: everything that can be checked without looking at
/// their bytes.
package struct TorchIndex: Sendable {
  struct Entry: Sendable, Equatable {
    let layout: StridedLayout
    /// The bytes of the storage, counted from the start of the file.
    let storage: Range<Int>
  }

  package let format: CheckpointFormat
  /// Tensor names in the order of the file.
  package let names: [String]
  let entries: [String: Entry]

  /// What the tensors may take as a whole beyond the file's own length: axes that repeat and
  /// storages that are shared make more of few bytes.
  private static let expansion = (factor: 8, bytes: 1 << 24)

  /// Reads the directory and the pickles of a zip archive, a TorchScript archive or a legacy file.
  package init(file: UnsafeRawBufferPointer, path: String) throws(CheckpointError) {
    do throws(ArchiveFault) {
      let contents = try Self.contents(file)
      let dictionary = try StateDictionary(
        root: contents.root, heap: contents.heap, length: contents.pickleLength)
      var entries: [String: Entry] = [:]
      var budget = Self.budget(file.count)
      for (name, index) in dictionary.tensors {
        let entry = try contents.entry(contents.heap.tensors[index])
        budget -= entry.layout.count * entry.layout.type.size
        guard budget >= 0 else {
          throw ArchiveFault.unsupported("its tensors repeat the few values of the file too often")
        }
        entries[name] = entry
      }
      (format, names, self.entries) = (contents.format, dictionary.names, entries)
    } catch {
      throw error.located(path)
    }
  }

  private static func contents(
    _ file: UnsafeRawBufferPointer
  ) throws(ArchiveFault) -> TorchContents {
    if CheckpointFormat.isZip(file) { return try TorchContents(zip: file) }
    return try TorchContents(legacy: file)
  }

  private static func budget(_ bytes: Int) -> Int {
    let (product, overflow) = bytes.multipliedReportingOverflow(by: expansion.factor)
    return overflow ? .max : product.addingReportingOverflow(expansion.bytes).partialValue
  }

  package func shape(_ name: String) -> [Int]? { entries[name]?.layout.shape }
  package func type(_ name: String) -> ElementType? { entries[name]?.layout.type }

  /// Runs `body` on the elements of a tensor, one behind the other in its own order; nothing for a
  /// name that is not there.
  ///
  /// - Parameter file: what the index was made of.
  package func withElements<Result>(
    _ name: String, in file: UnsafeRawBufferPointer,
    _ body: (UnsafeRawBufferPointer, ElementType) -> Result
  ) -> Result? {
    guard let entry = entries[name] else { return nil }
    let (layout, size) = (entry.layout, entry.layout.type.size)
    let storage = UnsafeRawBufferPointer(rebasing: file[entry.storage])
    if layout.count == 0 { return body(UnsafeRawBufferPointer(start: nil, count: 0), layout.type) }
    if layout.isContiguous {
      let start = layout.offset * size
      return body(
        UnsafeRawBufferPointer(rebasing: storage[start..<(start + layout.count * size)]),
        layout.type)
    }
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: layout.count * size, alignment: 64)
    defer { copy.deallocate() }
    layout.gather(from: storage, into: copy)
    return body(UnsafeRawBufferPointer(copy), layout.type)
  }
}
