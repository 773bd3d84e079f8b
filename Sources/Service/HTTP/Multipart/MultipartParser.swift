import CPlatform
package import HTTPTypes

/// Cuts a `multipart` body into parts (RFC 2046 section 5.1), strictly.
///
/// Pure: fed byte by byte or all at once it yields the same, but for how data is cut into pieces.
package struct MultipartParser {
  package enum Event: Sendable, Equatable {
    case part(HTTPFields)
    case data([UInt8])
    case partEnd
  }

  private enum State {
    case preamble
    case delimiter
    case header
    case data
    case epilogue
    case failed
  }

  private let limits: MultipartLimits
  /// CRLF, two hyphens and the boundary.
  private let delimiter: [UInt8]
  private var state = State.preamble
  /// The first delimiter may stand at the very beginning: a CRLF is thought before it.
  private var buffer: [UInt8] = Array("\r\n".utf8)
  private var position = 0
  private var skipped = 0
  private var padding = 0
  private var parts = 0
  private var headerBytes = 0
  private var fields = HTTPFields()

  /// Takes a boundary of 1 to 70 characters of those RFC 2046 allows.
  ///
  /// Throws `MultipartError.noBoundary`.
  package init(boundary: String, limits: MultipartLimits) throws(MultipartError) {
    guard (1...70).contains(boundary.utf8.count), !boundary.hasSuffix(" "),
      boundary.utf8.allSatisfy({ ASCII.boundary[Int($0)] })
    else { throw .noBoundary }
    self.limits = limits
    delimiter = Array("\r\n--\(boundary)".utf8)
  }

  package mutating func feed(
    _ bytes: UnsafeRawBufferPointer
  ) throws(MultipartError) -> [Event] {
    if position > 0 {
      buffer.removeFirst(position)
      position = 0
    }
    buffer.append(contentsOf: bytes)
    var events: [Event] = []
    do {
      while try step(&events) {}
    } catch {
      state = .failed
      throw error
    }
    return events
  }

  /// Must be called when the body has ended.
  ///
  /// Throws when the closing boundary has not come.
  package func finish() throws(MultipartError) {
    guard case .epilogue = state else { throw .truncated }
  }

  /// Does one thing; false when more bytes are needed.
  private mutating func step(_ events: inout [Event]) throws(MultipartError) -> Bool {
    switch state {
    case .preamble: try readPreamble()
    case .delimiter: try readDelimiterEnd()
    case .header: try readHeaderLine(&events)
    case .data: readData(&events)
    case .epilogue, .failed: discardRest()
    }
  }

  private mutating func discardRest() -> Bool {
    position = buffer.count
    return false
  }

  private func firstDelimiter() -> Int? {
    buffer.withUnsafeBytes { bytes in
      delimiter.withUnsafeBytes { needle in
        guard let base = bytes.baseAddress, position < bytes.count else { return nil }
        let found = platform_find(
          base + position, bytes.count - position, needle.baseAddress, needle.count)
        return found < 0 ? nil : position + found
      }
    }
  }

  private mutating func readPreamble() throws(MultipartError) -> Bool {
    let found = firstDelimiter()
    let end = found ?? max(position, buffer.count - delimiter.count + 1)
    skipped += end - position
    position = end
    guard skipped <= limits.preamble else {
      throw .malformed("the form does not begin with its boundary")
    }
    guard found != nil else { return false }
    position += delimiter.count
    (state, padding) = (.delimiter, 0)
    return true
  }

  /// After a boundary: two hyphens end the form, a line end begins a part.
  private mutating func readDelimiterEnd() throws(MultipartError) -> Bool {
    guard position < buffer.count else { return false }
    if ASCII.isBlank(buffer[position]) {
      position += 1
      padding += 1
      guard padding <= 64 else { throw .malformed("a boundary is followed by too many blanks") }
      return true
    }
    guard position + 1 < buffer.count else { return false }
    switch (buffer[position], buffer[position + 1]) {
    case (0x2d, 0x2d) where padding == 0: state = .epilogue
    case (ASCII.carriageReturn, ASCII.lineFeed): try beginPart()
    default: throw .malformed("a boundary is followed by something that is no line end")
    }
    position += 2
    return true
  }

  private mutating func beginPart() throws(MultipartError) {
    parts += 1
    guard parts <= limits.parts else { throw .tooManyParts(limit: limits.parts) }
    (state, headerBytes, fields) = (.header, 0, HTTPFields())
  }

  private mutating func readHeaderLine(
    _ events: inout [Event]
  ) throws(MultipartError) -> Bool {
    let room = limits.header - headerBytes
    let end = min(buffer.count, position + room)
    guard let feed = buffer[position..<end].firstIndex(of: ASCII.lineFeed) else {
      if buffer.count - position >= room { throw .headerTooLarge(limit: limits.header) }
      return false
    }
    guard feed > position, buffer[feed - 1] == ASCII.carriageReturn else {
      throw .malformed("a header line of a part ends without a carriage return")
    }
    let line = buffer[position..<(feed - 1)]
    headerBytes += feed + 1 - position
    position = feed + 1
    if line.isEmpty {
      state = .data
      events.append(.part(fields))
    } else {
      try append(line)
    }
    return true
  }

  private mutating func append(_ line: ArraySlice<UInt8>) throws(MultipartError) {
    guard fields.count < limits.headerCount else { throw .headerTooLarge(limit: limits.header) }
    do {
      fields.append(try FieldLine.parse(line))
    } catch {
      throw .malformed("the header of a part is not valid")
    }
  }

  private mutating func readData(_ events: inout [Event]) -> Bool {
    let found = firstDelimiter()
    let end = found ?? max(position, buffer.count - delimiter.count + 1)
    if end > position { events.append(.data(Array(buffer[position..<end]))) }
    position = end
    guard found != nil else { return false }
    position += delimiter.count
    events.append(.partEnd)
    (state, padding) = (.delimiter, 0)
    return true
  }
}
