/// What the pickles of a torch checkpoint hold, and where the bytes of its storages lie.
struct TorchContents {
  let format: CheckpointFormat
  let root: PickleValue
  let heap: PickleHeap
  /// Bytes of the pickle that names the tensors.
  let pickleLength: Int
  /// Bytes of every storage by its key, counted from the start of the file.
  private let ranges: [String: Range<Int>]

  // MARK: Zip archives

  /// An archive of `torch.save` since 1.6, or of `torch.jit.save`: `NAME/data.pkl` beside
  /// `NAME/data/KEY`, one record a storage.
  ///
  /// TorchScript's code is not looked at.
  init(zip file: UnsafeRawBufferPointer) throws(ArchiveFault) {
    let directory = try ZipDirectory(file)
    let prefix = try Self.prefix(directory)
    try Self.checkHeader(file, directory, prefix)
    let isScript = directory.entries["\(prefix)constants.pkl"] != nil
    format = isScript ? .torchScript : .torchZip
    let pickle = try Self.plain("\(prefix)data.pkl", directory)
    var unpickler = Unpickler(
      file, pickle, dialect: isScript ? .torchScript : .torchSave)
    root = try unpickler.load()
    heap = unpickler.heap
    pickleLength = pickle.count
    var ranges: [String: Range<Int>] = [:]
    for storage in heap.storages where ranges[storage.key] == nil {
      ranges[storage.key] = try Self.plain("\(prefix)data/\(storage.key)", directory)
    }
    self.ranges = ranges
  }

  /// The folder that all of a torch archive's records lie in, with its slash.
  private static func prefix(_ directory: ZipDirectory) throws(ArchiveFault) -> String {
    let suffix = "/data.pkl"
    let pickles = directory.entries.keys.filter {
      $0.hasSuffix(suffix) && !$0.dropLast(suffix.count).contains("/")
    }
    guard pickles.count == 1, let pickle = pickles.first else {
      throw .unsupported(
        "it is a zip archive with \(pickles.isEmpty ? "no" : "more than one") data.pkl, "
          + "not one that torch.save wrote")
    }
    return String(pickle.dropLast(suffix.count - 1))
  }

  private static func plain(
    _ name: String, _ directory: ZipDirectory
  ) throws(ArchiveFault) -> Range<Int> {
    guard let entry = directory.entries[name] else {
      throw .unsupported("its record \(name.prefix(200)) is missing")
    }
    guard entry.isPlain else {
      throw .unsupported("its record \(name.prefix(200)) is compressed or encrypted; torch stores")
    }
    return entry.range
  }

  private static let versions = 1...10

  /// Checks the records `byteorder` and `version`, where they are there.
  private static func checkHeader(
    _ file: UnsafeRawBufferPointer, _ directory: ZipDirectory, _ prefix: String
  ) throws(ArchiveFault) {
    if directory.entries["\(prefix)byteorder"] != nil {
      let order = try plain("\(prefix)byteorder", directory)
      guard file[order].elementsEqual("little".utf8) else {
        throw .unsupported("it was written on a big-endian machine; save it again on another")
      }
    }
    if directory.entries["\(prefix)version"] != nil {
      let range = try plain("\(prefix)version", directory)
      let text = String(decoding: file[range].prefix(20), as: UTF8.self)
      guard let number = text.split(whereSeparator: \.isWhitespace).first.flatMap({ Int($0) }),
        versions.contains(number)
      else { throw .unsupported("its archive version is none of \(versions)") }
    }
  }

  // MARK: Legacy files

  /// A file of `torch.save` before 1.6: pickles of a magic number, a version, the machine, the
  /// object and the keys of the storages, then each storage: its count, its elements.
  init(legacy file: UnsafeRawBufferPointer) throws(ArchiveFault) {
    var unpickler = Unpickler(file, 0..<file.count, dialect: .torchSave)
    guard try unpickler.load() == .largeInteger(Self.magic) else {
      throw .unsupported("it is a pickle, but none that torch.save wrote")
    }
    guard try unpickler.load() == .integer(1001) else {
      throw .unsupported("its protocol version is not 1001")
    }
    let machine = try unpickler.load()
    guard
      unpickler.heap.members(machine)?.last(where: { $0.key == .string("little_endian") })?.value
        == .bool(true)
    else { throw .unsupported("it was written on a big-endian machine; save it again on another") }
    format = .torchLegacy
    let start = unpickler.reader.position
    root = try unpickler.load()
    pickleLength = unpickler.reader.position - start
    let keys = try unpickler.load()
    heap = unpickler.heap
    var reader = ByteReader(file, unpickler.reader.position..<file.count)
    ranges = try Self.ranges(keys, heap, &reader)
    guard reader.remaining == 0 else {
      throw reader.fault("\(reader.remaining) bytes behind the last storage")
    }
  }

  /// 0x1950A86A20F9469CFC6C.
  private static let magic: [UInt8] = [
    0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
  ]

  /// Reads the storages behind the pickles in the order of the list of keys.
  private static func ranges(
    _ keys: PickleValue, _ heap: PickleHeap, _ reader: inout ByteReader
  ) throws(ArchiveFault) -> [String: Range<Int>] {
    guard case .list(let index) = keys else { throw reader.fault("no list of storages") }
    let storages = Dictionary(
      heap.storages.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    var ranges: [String: Range<Int>] = [:]
    for key in heap.lists[index] {
      guard case .string(let name) = key, let storage = storages[name] else {
        throw reader.fault("a storage that no tensor names")
      }
      let count = try reader.number(UInt64.self)
      guard count == UInt64(storage.count) else {
        throw reader.fault("a storage of \(count) elements instead of \(storage.count)")
      }
      let (bytes, overflow) = count.multipliedReportingOverflow(by: UInt64(storage.elementSize))
      guard !overflow else { throw reader.fault("a storage of \(count) elements") }
      let start = reader.position
      _ = try reader.take(bytes)
      guard ranges.updateValue(start..<reader.position, forKey: name) == nil else {
        throw reader.fault("the storage \(name.prefix(200)) is there twice")
      }
    }
    return ranges
  }

  // MARK: Tensors

  /// Joins a tensor with the bytes of its storage; throws where they are not there in full.
  func entry(_ tensor: TorchTensor) throws(ArchiveFault) -> TorchIndex.Entry {
    let storage = heap.storages[tensor.storage]
    guard let range = ranges[storage.key] else {
      throw .unsupported("the bytes of the storage \(storage.key.prefix(200)) are missing")
    }
    let size = storage.elementSize
    guard storage.count <= range.count / size else {
      throw .malformed(
        offset: range.lowerBound,
        reason: "\(range.count) bytes for a storage of \(storage.count) elements")
    }
    let start = range.lowerBound + storage.start * size
    return TorchIndex.Entry(
      layout: tensor.layout, storage: start..<(start + storage.available * size))
  }
}
