/// The entries of a zip archive, by name (PKWARE's APPNOTE 6.3.9, zip64 included).
///
/// Checksums are not compared: torch can be told not to write them.
struct ZipDirectory {
  struct Entry: Equatable {
    /// Bytes of the stored content, counted from the start of the file.
    let range: Range<Int>
    /// Stored as it is: neither compressed nor encrypted.
    let isPlain: Bool
  }

  let entries: [String: Entry]

  private static let endSize = 22
  private static let longestComment = 0xFFFF

  init(_ file: UnsafeRawBufferPointer) throws(ArchiveFault) {
    let (central, count) = try Self.central(file)
    var reader = ByteReader(file, central)
    var entries: [String: Entry] = [:]
    // The count is bounded by the directory's bytes: every entry takes 46 of them.
    entries.reserveCapacity(min(count, central.count / 46))
    for _ in 0..<count {
      let start = reader.position
      let (name, entry) = try Self.entry(&reader, centralStart: central.lowerBound)
      guard entries.updateValue(entry, forKey: name) == nil else {
        throw .malformed(offset: start, reason: "the entry \"\(name)\" is listed twice")
      }
    }
    guard reader.remaining == 0 else {
      throw reader.fault("\(reader.remaining) bytes behind the last entry of the zip directory")
    }
    self.entries = entries
  }

  // MARK: The end of the archive

  /// Where the central directory lies and how many entries it lists.
  private static func central(
    _ file: UnsafeRawBufferPointer
  ) throws(ArchiveFault) -> (Range<Int>, count: Int) {
    let end = try endRecord(file)
    var reader = ByteReader(file, end..<(end + endSize))
    _ = try reader.take(8)
    let (here, all) = (try reader.number(UInt16.self), try reader.number(UInt16.self))
    let (size, offset) = (try reader.number(UInt32.self), try reader.number(UInt32.self))
    if let large = try zip64Record(file, before: end) {
      return (try range(large.offset, large.size, limit: large.end), Int(clamping: large.count))
    }
    guard here == all else { throw .unsupported("it is one part of a zip archive in several") }
    return (try range(UInt64(offset), UInt64(size), limit: end), Int(all))
  }

  /// Offset of the end record: the last one whose comment reaches exactly to the file's end.
  private static func endRecord(_ file: UnsafeRawBufferPointer) throws(ArchiveFault) -> Int {
    let last = file.count - endSize
    var offset = last
    while offset >= max(0, last - longestComment) {
      if signature(file, offset) == 0x0605_4B50, last >= offset,
        Int(UInt16(littleEndian: file.loadUnaligned(fromByteOffset: offset + 20, as: UInt16.self)))
          == last - offset
      {
        return offset
      }
      offset -= 1
    }
    throw .malformed(offset: file.count, reason: "no end record of a zip archive; it was cut off")
  }

  private static func signature(_ file: UnsafeRawBufferPointer, _ offset: Int) -> UInt32? {
    guard offset >= 0, offset + 4 <= file.count else { return nil }
    return UInt32(littleEndian: file.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  private struct Zip64Record {
    var count, size, offset: UInt64
    var end: Int
  }

  /// The zip64 end record, where its locator stands before the plain one.
  private static func zip64Record(
    _ file: UnsafeRawBufferPointer, before end: Int
  ) throws(ArchiveFault) -> Zip64Record? {
    let locator = end - 20
    guard signature(file, locator) == 0x0706_4B50 else { return nil }
    var reader = ByteReader(file, locator..<end)
    _ = try reader.take(8)
    let stated = try reader.number(UInt64.self)
    guard let start = Int(exactly: stated), start <= locator - 56,
      signature(file, start) == 0x0606_4B50
    else { throw .malformed(offset: locator, reason: "no zip64 record at \(stated)") }
    reader = ByteReader(file, start..<locator)
    _ = try reader.take(32)
    let count = try reader.number(UInt64.self)
    let (size, offset) = (try reader.number(UInt64.self), try reader.number(UInt64.self))
    return Zip64Record(count: count, size: size, offset: offset, end: start)
  }

  private static func range(
    _ offset: UInt64, _ size: UInt64, limit: Int
  ) throws(ArchiveFault) -> Range<Int> {
    guard offset <= UInt64(limit), size <= UInt64(limit) - offset else {
      throw .malformed(offset: limit, reason: "\(size) bytes at \(offset) lie outside the archive")
    }
    return Int(offset)..<Int(offset + size)
  }

  // MARK: Entries

  private static func entry(
    _ reader: inout ByteReader, centralStart: Int
  ) throws(ArchiveFault) -> (String, Entry) {
    guard try reader.number(UInt32.self) == 0x0201_4B50 else {
      throw reader.fault("an entry of the zip directory without its signature")
    }
    _ = try reader.take(4)
    let (flags, method) = (try reader.number(UInt16.self), try reader.number(UInt16.self))
    _ = try reader.take(8)
    var sizes = ZipSizes(
      compressed: UInt64(try reader.number(UInt32.self)),
      plain: UInt64(try reader.number(UInt32.self)))
    let nameLength = UInt64(try reader.number(UInt16.self))
    let extraLength = UInt64(try reader.number(UInt16.self))
    let commentLength = UInt64(try reader.number(UInt16.self))
    _ = try reader.take(8)
    sizes.offset = UInt64(try reader.number(UInt32.self))
    let name = try reader.text(nameLength)
    let extraStart = reader.position
    _ = try reader.take(extraLength)
    var extra = ByteReader(reader.file, extraStart..<reader.position)
    try sizes.widen(&extra)
    _ = try reader.take(commentLength)
    let data = try data(reader.file, name: name, sizes, limit: centralStart)
    let isPlain = method == 0 && flags & 1 == 0
    guard !isPlain || sizes.compressed == sizes.plain else {
      throw reader.fault("\"\(name)\" has two sizes")
    }
    return (name, Entry(range: data, isPlain: isPlain))
  }

  /// The bytes behind an entry's local header, which must carry the same name.
  private static func data(
    _ file: UnsafeRawBufferPointer, name: String, _ sizes: ZipSizes, limit: Int
  ) throws(ArchiveFault) -> Range<Int> {
    guard let start = Int(exactly: sizes.offset), start <= limit - 30,
      signature(file, start) == 0x0403_4B50
    else { throw .malformed(offset: limit, reason: "\"\(name)\" has no header of its own") }
    var reader = ByteReader(file, start..<limit)
    _ = try reader.take(26)
    let nameLength = UInt64(try reader.number(UInt16.self))
    let extraLength = UInt64(try reader.number(UInt16.self))
    guard try reader.text(nameLength) == name else {
      throw reader.fault("\"\(name)\" is called otherwise in its own header")
    }
    _ = try reader.take(extraLength)
    return try range(UInt64(reader.position), sizes.compressed, limit: limit)
  }
}

/// Sizes and place of a zip entry; what does not fit 32 bits stands in its zip64 field.
private struct ZipSizes {
  var compressed: UInt64
  var plain: UInt64
  var offset: UInt64 = 0

  private static let elsewhere = UInt64(UInt32.max)

  mutating func widen(_ extra: inout ByteReader) throws(ArchiveFault) {
    while extra.remaining >= 4 {
      let (kind, length) = (try extra.number(UInt16.self), try extra.number(UInt16.self))
      let start = extra.position
      _ = try extra.take(UInt64(length))
      guard kind == 1 else { continue }
      var field = ByteReader(extra.file, start..<extra.position)
      if plain == Self.elsewhere { plain = try field.number(UInt64.self) }
      if compressed == Self.elsewhere { compressed = try field.number(UInt64.self) }
      if offset == Self.elsewhere { offset = try field.number(UInt64.self) }
    }
  }
}
