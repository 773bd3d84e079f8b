/// The lines of a UTF-8 file with their numbers, counted from 1; empty ones are passed over.
struct TextLines: Sequence, IteratorProtocol {
  private let text: [UInt8]
  private var position = 0
  private var number = 0

  /// Throws where the file cannot be read, is longer than `limit` bytes, or is not UTF-8.
  init(path: String, limit: Int = 1 << 30) throws(DatasetError) {
    let source = try FileBytes(path: path)
    guard source.size <= limit else {
      throw .tooLarge(path: path, what: "bytes", count: source.size, limit: limit)
    }
    text = try source.read(0..<source.size)
    guard String(validating: text, as: UTF8.self) != nil else {
      throw .unreadable(path: path, reason: "it is not UTF-8")
    }
  }

  /// The number of the last line, empty or not.
  var lastNumber: Int { text.count { $0 == 0x0A } + (endsWithNewline ? 0 : 1) }
  var endsWithNewline: Bool { text.last == 0x0A }

  mutating func next() -> (number: Int, line: String)? {
    while position < text.count {
      let end = text[position...].firstIndex(of: 0x0A) ?? text.count
      let line = text[position..<end].drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
      position = end + 1
      number += 1
      if !line.isEmpty { return (number, String(decoding: line, as: UTF8.self)) }
    }
    return nil
  }
}
