/// Reads little-endian numbers from a part of a file one behind the other; nothing behind the
/// part's end is ever touched.
struct ByteReader {
  let file: UnsafeRawBufferPointer
  /// Offset in the file of the byte that is read next.
  private(set) var position: Int
  /// Offset in the file where the part ends.
  let end: Int

  /// Begins at the start of `range`, which must lie inside the file.
  init(_ file: UnsafeRawBufferPointer, _ range: Range<Int>) {
    self.file = file
    position = range.lowerBound
    end = range.upperBound
  }

  /// Bytes that are left.
  var remaining: Int { end - position }

  func fault(_ reason: String) -> ArchiveFault { .malformed(offset: position, reason: reason) }

  /// The next bytes; throws where fewer are left.
  mutating func take(_ count: UInt64) throws(ArchiveFault) -> UnsafeRawBufferPointer {
    guard count <= UInt64(remaining) else {
      throw fault("\(count) bytes are announced and \(remaining) are left")
    }
    let start = position
    position += Int(count)
    return UnsafeRawBufferPointer(rebasing: file[start..<position])
  }

  mutating func number<Number: FixedWidthInteger>(
    _ type: Number.Type = Number.self
  ) throws(ArchiveFault) -> Number {
    let bytes = try take(UInt64(MemoryLayout<Number>.size))
    return Number(littleEndian: bytes.loadUnaligned(as: type))
  }

  /// A big-endian IEEE double, as pickles hold it.
  mutating func bigEndianDouble() throws(ArchiveFault) -> Double {
    Double(bitPattern: try number(UInt64.self).byteSwapped)
  }

  /// UTF-8 text of so many bytes.
  mutating func text(_ count: UInt64) throws(ArchiveFault) -> String {
    let start = position
    let bytes = try take(count)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .malformed(offset: start, reason: "a text that is not UTF-8")
    }
    return text
  }

  /// Text up to the next line feed, which is skipped.
  mutating func line() throws(ArchiveFault) -> String {
    let rest = file[position..<end]
    guard let feed = rest.prefix(Self.longestLine).firstIndex(of: 0x0A) else {
      throw fault("a line without its end")
    }
    let line = try text(UInt64(feed - position))
    position += 1
    return line
  }

  /// Names of globals are lines, and none is longer.
  private static let longestLine = 1024
}
