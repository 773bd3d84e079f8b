import Glibc
package import HTTPTypes

/// Turns the bytes of a connection into requests, one event at a time (RFC 9112).
///
/// Pure: it may be fed byte by byte or all at once and yields the same events, but for how a
/// body is cut into pieces. After an error it yields nothing more, since the framing is lost.
package struct RequestParser {
  package enum Event: Sendable, Equatable {
    case head(RequestHead)
    case body([UInt8])
    /// The request is complete; trailers of a chunked body come with it.
    case end(trailers: HTTPFields)
  }

  private enum State {
    case requestLine
    case fields(RequestLine)
    case fixed(remaining: Int)
    case chunkSize
    case chunk(remaining: Int)
    case chunkEnd
    case trailers
    case end
    case failed
  }

  private let limits: HTTPLimits
  private var state = State.requestLine
  private var buffer: [UInt8] = []
  private var position = 0
  /// Up to here there is no line feed.
  private var scanned = 0
  private var fields = HTTPFields()
  private var headerBytes = 0
  private var extensionBytes = 0
  private var blankLines = 0
  /// Where the head that is being read begins in the buffer; nothing where that is gone.
  private var headStart: Int?
  private var repeated = RepeatedHead()
  /// Of the request that is being read, once its line is there; errors leave it.
  package private(set) var method: HTTPRequest.Method?

  package init(limits: HTTPLimits) {
    self.limits = limits
  }

  /// Bytes that were fed and not yet turned into events.
  package var bufferedCount: Int { buffer.count - position }

  /// Nothing of a next request is there yet.
  package var isBetweenRequests: Bool {
    if case .requestLine = state { return bufferedCount == 0 && blankLines == 0 }
    return false
  }

  package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    if position == buffer.count {
      buffer.removeAll(keepingCapacity: buffer.capacity <= 128 * 1024)
      (position, scanned, headStart) = (0, 0, nil)
    } else if position > 64 * 1024 {
      buffer.removeFirst(position)
      scanned = max(scanned - position, 0)
      (position, headStart) = (0, nil)
    }
    buffer.append(contentsOf: bytes)
  }

  /// The next event, or nil when more bytes are needed.
  package mutating func next() throws(HTTPError) -> Event? {
    do {
      while true {
        switch try step() {
        case .again: continue
        case .starved: return nil
        case .event(let event): return event
        }
      }
    } catch {
      state = .failed
      throw error
    }
  }

  private enum Step {
    case again
    case starved
    case event(Event)
  }

  private mutating func step() throws(HTTPError) -> Step {
    switch state {
    case .requestLine: try readRequestLine()
    case .fields(let line): try readField(of: line)
    case .fixed(let remaining): readFixed(remaining)
    case .chunkSize: try readChunkSize()
    case .chunk(let remaining): readChunk(remaining)
    case .chunkEnd: try readChunkEnd()
    case .trailers: try readTrailer()
    case .end: finish()
    case .failed: .starved
    }
  }

  // MARK: Lines

  /// The next line without its CRLF, if it has ended within `limit` bytes.
  private mutating func line(
    limit: Int, otherwise error: HTTPError
  ) throws(HTTPError) -> ArraySlice<UInt8>? {
    let end = min(buffer.count, position + max(limit, 0) + 2)
    let start = max(scanned, position)
    guard start < end, let feed = Self.lineFeed(in: buffer, from: start, to: end) else {
      if bufferedCount >= max(limit, 0) + 2 { throw error }
      scanned = end
      return nil
    }
    guard feed > position, buffer[feed - 1] == ASCII.carriageReturn else {
      throw .malformed("a line ends without a carriage return")
    }
    let line = buffer[position..<(feed - 1)]
    position = feed + 1
    return line
  }

  private static func lineFeed(in buffer: [UInt8], from start: Int, to end: Int) -> Int? {
    buffer.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress,
        let found = memchr(base + start, Int32(ASCII.lineFeed), end - start)
      else { return nil }
      return UnsafeRawPointer(found) - base
    }
  }

  // MARK: Head

  private mutating func readRequestLine() throws(HTTPError) -> Step {
    if let (head, count) = repeated.match(buffer[position...]) {
      position += count
      (state, method, chunkedBytes) = (.end, head.method, 0)
      return .event(.head(head))
    }
    headStart = position
    let tooLong = HTTPError.uriTooLong(limit: limits.requestLine)
    guard let line = try line(limit: limits.requestLine, otherwise: tooLong) else {
      return .starved
    }
    if line.isEmpty {
      // Old clients send a line end after a body; RFC 9112 section 2.2 lets it pass.
      blankLines += 1
      guard blankLines <= 2 else { throw .malformed("empty lines stand before the request") }
      return .again
    }
    let requestLine = try RequestLine(line)
    (state, method) = (.fields(requestLine), requestLine.method)
    (fields, headerBytes, extensionBytes) = (HTTPFields(), 0, 0)
    return .again
  }

  /// The next field line of a head or trailer; nil when starved, empty at the end.
  private mutating func fieldLine() throws(HTTPError) -> ArraySlice<UInt8>? {
    let tooLong = HTTPError.headerTooLarge("the header exceeds its limit")
    guard let line = try line(limit: limits.header - headerBytes, otherwise: tooLong) else {
      return nil
    }
    headerBytes += line.count + 2
    return line
  }

  private mutating func readField(of requestLine: RequestLine) throws(HTTPError) -> Step {
    guard let line = try fieldLine() else { return .starved }
    guard line.isEmpty else {
      try append(line)
      return .again
    }
    let head = try RequestHead(line: requestLine, fields: fields)
    switch head.framing {
    case .none: state = .end
    case .length(let length):
      guard length <= limits.body else { throw .bodyTooLarge(limit: limits.body) }
      state = .fixed(remaining: length)
    case .chunked: state = .chunkSize
    }
    if let headStart { repeated.remember(head, buffer[headStart..<position]) }
    fields = HTTPFields()
    chunkedBytes = 0
    return .event(.head(head))
  }

  private mutating func append(_ line: ArraySlice<UInt8>) throws(HTTPError) {
    guard fields.count < limits.headerCount else {
      throw .headerTooLarge("there are more than \(limits.headerCount) header fields")
    }
    fields.append(try FieldLine.parse(line))
  }

  // MARK: Body

  private mutating func take(_ wanted: Int) -> [UInt8] {
    let count = min(wanted, bufferedCount)
    defer { position += count }
    return Array(buffer[position..<(position + count)])
  }

  private mutating func readFixed(_ remaining: Int) -> Step {
    guard bufferedCount > 0 else { return .starved }
    let piece = take(remaining)
    state = piece.count == remaining ? .end : .fixed(remaining: remaining - piece.count)
    return .event(.body(piece))
  }

  private var chunkedBytes = 0

  private mutating func readChunkSize() throws(HTTPError) -> Step {
    let tooLong = HTTPError.malformed("a chunk-size line exceeds \(limits.chunkLine) bytes")
    guard let line = try line(limit: limits.chunkLine, otherwise: tooLong) else {
      return .starved
    }
    let size = try ChunkSize(line)
    extensionBytes += size.extensionBytes
    guard extensionBytes <= limits.chunkExtensions else {
      throw .malformed("the chunk extensions exceed \(limits.chunkExtensions) bytes")
    }
    guard size.bytes <= limits.body - chunkedBytes else {
      throw .bodyTooLarge(limit: limits.body)
    }
    chunkedBytes += size.bytes
    state = size.bytes == 0 ? .trailers : .chunk(remaining: size.bytes)
    headerBytes = 0
    return .again
  }

  private mutating func readChunk(_ remaining: Int) -> Step {
    guard bufferedCount > 0 else { return .starved }
    let piece = take(remaining)
    state = piece.count == remaining ? .chunkEnd : .chunk(remaining: remaining - piece.count)
    return .event(.body(piece))
  }

  private mutating func readChunkEnd() throws(HTTPError) -> Step {
    let error = HTTPError.malformed("a chunk does not end where its size says")
    if bufferedCount > 0, buffer[position] != ASCII.carriageReturn { throw error }
    guard bufferedCount > 1 else { return .starved }
    guard buffer[position + 1] == ASCII.lineFeed else { throw error }
    position += 2
    state = .chunkSize
    return .again
  }

  private mutating func readTrailer() throws(HTTPError) -> Step {
    guard let line = try fieldLine() else { return .starved }
    if line.isEmpty {
      state = .end
    } else {
      try append(line)
    }
    return .again
  }

  private mutating func finish() -> Step {
    state = .requestLine
    (blankLines, method) = (0, nil)
    defer { fields = HTTPFields() }
    return .event(.end(trailers: fields))
  }
}
