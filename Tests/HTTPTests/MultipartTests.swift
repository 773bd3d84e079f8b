import HTTP
import Testing

@Suite struct `Multipart forms` {
  private static let form =
    "--xyz\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\na red cat\r\n"
    + "--xyz\r\ncontent-disposition: form-data; name=image; filename=\"a \\\"b\\\".png\"\r\n"
    + "Content-Type: image/png\r\n\r\n\u{1}\r\n--xy\r\n\r\n--xyz  \r\n"
    + "Content-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n--xyz--\r\nepilogue"

  private func parse(
    _ text: String, boundary: String = "xyz", limits: MultipartLimits = MultipartLimits()
  ) throws -> [FormPart] {
    guard let type = MediaType("multipart/form-data; boundary=\"\(boundary)\"") else { return [] }
    let bytes = Array(text.utf8)
    return try bytes.withUnsafeBytes {
      try MultipartForm.parse($0, contentType: type, limits: limits)
    }
  }

  @Test func `fields and files are told apart`() throws {
    let parts = try parse(Self.form)
    #expect(parts.map(\.name) == ["prompt", "image", "empty"])
    #expect(parts[0].text == "a red cat" && parts[0].fileName == nil)
    #expect(parts[1].fileName == "a \"b\".png" && parts[1].contentType == "image/png")
    #expect(parts[1].text == "\u{1}\r\n--xy\r\n")
    #expect(parts[2].bytes.isEmpty)
  }

  @Test(arguments: [
    "", "--xyz", "--xyz\r\n", "--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\nb",
    "--xyz\r\nContent-Disposition: form-data\r\n\r\nb\r\n--xyz--",
    "--xyz\r\nContent-Disposition: attachment; name=a\r\n\r\nb\r\n--xyz--",
    "--xyz\r\n\r\nb\r\n--xyz--", "--xyz\r\nX\r\n\r\nb\r\n--xyz--", "--xyzz\r\n\r\n--xyz--",
    "--xyz\nContent-Disposition: form-data; name=a\n\nb\n--xyz--",
    "--xyz\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\n"
      + "b\r\n--xyz--",
    "--xyz\r\nContent-Disposition: form-data; name=\"a\r\n\r\nb\r\n--xyz--",
  ])
  func `what is no form is refused`(text: String) {
    #expect(throws: MultipartError.self) { _ = try parse(text) }
  }

  @Test func `limits hold`() {
    var limits = MultipartLimits()
    (limits.parts, limits.field, limits.header) = (2, 4, 60)
    func part(_ value: String) -> String {
      "--xyz\r\nContent-Disposition: form-data; name=a\r\n\r\n\(value)\r\n"
    }
    #expect(throws: Never.self) {
      _ = try parse(part("1234") + part("") + "--xyz--", limits: limits)
    }
    #expect(throws: MultipartError.fieldTooLarge(name: "a", limit: 4)) {
      _ = try parse(part("12345") + "--xyz--", limits: limits)
    }
    #expect(throws: MultipartError.tooManyParts(limit: 2)) {
      _ = try parse(part("") + part("") + part("") + "--xyz--", limits: limits)
    }
    let long = String(repeating: "n", count: 60)
    #expect(throws: MultipartError.headerTooLarge(limit: 60)) {
      _ = try parse("--xyz\r\nContent-Disposition: form-data; name=\(long)\r\n\r\n", limits: limits)
    }
  }

  @Test(arguments: ["", String(repeating: "b", count: 71), "a b ", "a\u{e4}"])
  func `an unusable boundary is refused`(boundary: String) {
    #expect(throws: MultipartError.noBoundary) {
      _ = try MultipartParser(boundary: boundary, limits: MultipartLimits())
    }
  }

  /// Events with data joined; or the error.
  private func outcome(_ bytes: [UInt8], step: Int) -> ([MultipartParser.Event], MultipartError?) {
    var limits = MultipartLimits()
    (limits.preamble, limits.header, limits.parts) = (16, 80, 3)
    var events: [MultipartParser.Event] = []
    do {
      var parser = try MultipartParser(boundary: "xyz", limits: limits)
      for start in stride(from: 0, to: bytes.count, by: step) {
        let piece = bytes[start..<min(start + step, bytes.count)]
        for event in try piece.withUnsafeBytes({ try parser.feed($0) }) {
          if case .data(let new) = event, case .data(let old) = events.last {
            events[events.count - 1] = .data(old + new)
          } else {
            events.append(event)
          }
        }
      }
      try parser.finish()
    } catch {
      return (events, error as? MultipartError)
    }
    return (events, nil)
  }

  @Test(arguments: 0..<UInt64(8))
  func `byte by byte gives what all at once gives`(seed: UInt64) {
    var generator = SeededGenerator(state: seed &+ 1000)
    for _ in 0..<300 {
      let bytes = generator.mutated(Array(Self.form.utf8))
      let whole = outcome(bytes, step: bytes.count + 1)
      for step in [1, 3, 11] {
        let pieces = outcome(bytes, step: step)
        #expect(whole.1 == pieces.1, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
        // All at once an error swallows the events of its own feed.
        if whole.1 == nil || whole.1 == .truncated { #expect(whole.0 == pieces.0) }
      }
    }
  }
}
