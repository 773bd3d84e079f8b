/// The answers that stand complete in what a server has sent (RFC 9112 section 6.3).
struct RawAnswers: Equatable {
  struct Answer: Equatable {
    var status: Int
    var content: [UInt8]
  }

  private(set) var interim = 0
  private(set) var final: [Answer] = []
  /// Bytes behind the last complete answer.
  private(set) var rest: ArraySlice<UInt8>

  /// `hasEnded` says that the server has closed: without a length that ends the content.
  init(_ bytes: [UInt8], isHead: Bool, hasEnded: Bool = false) {
    rest = bytes[...]
    while let answer = next(isHead: isHead, hasEnded: hasEnded) {
      if answer.status < 200 { interim += 1 } else { final.append(answer) }
    }
  }

  private mutating func next(isHead: Bool, hasEnded: Bool) -> Answer? {
    guard let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self)
      .split(separator: "\r\n").map(String.init)
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count > 1, words[0] == "HTTP/1.1", let status = Int(words[1]) else { return nil }
    let after = rest[end.upperBound...]
    if isHead || status < 200 || status == 204 || status == 304 {
      rest = after
      return Answer(status: status, content: [])
    }
    guard let (content, count) = Self.content(of: after, lines: lines, hasEnded: hasEnded) else {
      return nil
    }
    rest = after.dropFirst(count)
    return Answer(status: status, content: content)
  }

  /// The content and how many bytes it takes; nil while it is not complete.
  private static func content(
    of bytes: ArraySlice<UInt8>, lines: [String], hasEnded: Bool
  ) -> ([UInt8], Int)? {
    let length = "Content-Length: "
    if let field = lines.first(where: { $0.hasPrefix(length) }) {
      guard let count = Int(field.dropFirst(length.count)), bytes.count >= count else { return nil }
      return (Array(bytes.prefix(count)), count)
    }
    if lines.contains("Transfer-Encoding: chunked") { return chunks(bytes) }
    return hasEnded ? (Array(bytes), bytes.count) : nil
  }

  private static func chunks(_ bytes: ArraySlice<UInt8>) -> ([UInt8], Int)? {
    var (content, rest): ([UInt8], ArraySlice<UInt8>) = ([], bytes)
    while let end = rest.firstRange(of: [0x0d, 0x0a]) {
      let line = String(decoding: rest[..<end.lowerBound], as: UTF8.self)
      guard let size = Int(line, radix: 16), rest[end.upperBound...].count >= size + 2 else {
        return nil
      }
      content += rest[end.upperBound...].prefix(size)
      rest = rest[end.upperBound...].dropFirst(size + 2)
      if size == 0 { return (content, rest.startIndex - bytes.startIndex) }
    }
    return nil
  }
}
