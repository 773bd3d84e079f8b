import API
import HTTP

/// A form: its boundary in the first line, then the body; whole, in pieces, and written again.
final class MultipartTarget: FuzzTarget {
  static let name = "multipart"
  static let sources = [
    "Service/HTTP/Multipart/MultipartForm.swift", "Service/HTTP/Multipart/MultipartParser.swift",
    "Service/API/Submitting/SubmittedBody+Form.swift",
    "Service/Jobs/Parameters/EditParameters+Form.swift",
  ]

  /// Small, so that an input reaches them.
  private static let limits: MultipartLimits = {
    var limits = MultipartLimits()
    (limits.parts, limits.header, limits.headerCount) = (8, 512, 6)
    (limits.field, limits.preamble) = (1024, 64)
    return limits
  }()

  init() {}

  func read(_ input: [UInt8]) -> FuzzVerdict {
    let line = input.prefix { $0 != 0x0A }
    let boundary = String(decoding: line, as: UTF8.self)
    let body = Array(input.dropFirst(line.count + 1))
    let whole = Self.events(body, boundary: boundary, step: max(body.count, 1))
    for step in [1, 3, 11] {
      let pieces = Self.events(body, boundary: boundary, step: step)
      guard pieces.error == whole.error else { return .wrong("\(step) bytes: \(pieces)") }
      // All at once an error swallows the events of its own feed.
      guard whole.error != nil || pieces.events == whole.events else {
        return .wrong("pieces of \(step) bytes are read as another form")
      }
    }
    return Self.form(body, boundary: boundary)
  }

  private static func events(
    _ body: [UInt8], boundary: String, step: Int
  ) -> (events: [MultipartParser.Event], error: MultipartError?) {
    var events: [MultipartParser.Event] = []
    do {
      var parser = try MultipartParser(boundary: boundary, limits: limits)
      for start in stride(from: 0, to: body.count, by: step) {
        let piece = body[start..<min(start + step, body.count)]
        for event in try piece.withUnsafeBytes({ try parser.feed($0) }) {
          if case .data(let new) = event, case .data(let old) = events.last {
            events[events.count - 1] = .data(old + new)
          } else {
            events.append(event)
          }
        }
      }
      try parser.finish()
      return (events, nil)
    } catch {
      return (events, error as? MultipartError)
    }
  }

  /// The parts, what the service makes of them, and the parts of the form written again.
  private static func form(_ body: [UInt8], boundary: String) -> FuzzVerdict {
    do {
      let parts = try parse(body, boundary: boundary)
      let delimiter = Array("\r\n--\(boundary)".utf8)
      guard parts.allSatisfy({ $0.bytes.firstRange(of: delimiter) == nil }) else {
        return .wrong("a part that holds the boundary")
      }
      if let fault = faultOfSubmission(body, boundary: boundary) { return .wrong(fault) }
      guard try parse(text(of: parts, boundary: boundary), boundary: boundary) == parts else {
        return .wrong("another form when written and read again")
      }
      return .accepted
    } catch {
      return .refused((error as? MultipartError)?.detail ?? "\(error)")
    }
  }

  private static func parse(_ body: [UInt8], boundary: String) throws -> [FormPart] {
    guard let type = mediaType(boundary) else { throw MultipartError.noBoundary }
    return try body.withUnsafeBytes {
      try MultipartForm.parse($0, contentType: type, limits: limits)
    }
  }

  private static func mediaType(_ boundary: String) -> MediaType? {
    MediaType("multipart/form-data; boundary=\(quoted(boundary))")
  }

  private static func quoted(_ text: String) -> String {
    var quoted: [UInt8] = [0x22]
    for byte in text.utf8 {
      if byte == 0x22 || byte == 0x5C { quoted.append(0x5C) }
      quoted.append(byte)
    }
    return String(decoding: quoted + [0x22], as: UTF8.self)
  }

  /// What the service reads out of a form: pictures, fields and what is wrong with them.
  private static func faultOfSubmission(_ body: [UInt8], boundary: String) -> String? {
    guard let type = mediaType(boundary) else { return "no media type" }
    do {
      let submitted = try body.withUnsafeBytes {
        try SubmittedBody(form: $0, contentType: type)
      }
      let draft = try EditDraft(submitted, models: JSONRequestTarget.models)
      return draft.image == submitted.image ? nil : "another picture"
    } catch {
      return "\(error)".isEmpty ? "a refusal without a word" : nil
    }
  }

  private static func text(of parts: [FormPart], boundary: String) -> [UInt8] {
    var body: [UInt8] = []
    for part in parts {
      let file = part.fileName.map { "; filename=\(quoted($0))" } ?? ""
      let type = part.contentType.map { "Content-Type: \($0)\r\n" } ?? ""
      let disposition = "Content-Disposition: form-data; name=\(quoted(part.name))\(file)\r\n"
      body += Array("--\(boundary)\r\n\(disposition)\(type)\r\n".utf8) + part.bytes + [13, 10]
    }
    return body + Array("--\(boundary)--\r\n".utf8)
  }
}
