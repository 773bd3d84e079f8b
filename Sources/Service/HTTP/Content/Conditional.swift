package import HTTPTypes

/// An entity tag (RFC 9110 section 8.8.3).
package struct EntityTag: Sendable, Hashable, CustomStringConvertible {
  package let value: String
  package let isWeak: Bool

  /// `value` holds neither quotes nor control characters.
  package init(_ value: String, isWeak: Bool = false) {
    self.value = value
    self.isWeak = isWeak
  }

  init?(parsing text: String) {
    isWeak = text.hasPrefix("W/")
    let quoted = text.dropFirst(isWeak ? 2 : 0)
    guard quoted.count >= 2, quoted.hasPrefix("\""), quoted.hasSuffix("\"") else { return nil }
    value = String(quoted.dropFirst().dropLast())
    guard !value.contains("\"") else { return nil }
  }

  package var description: String { isWeak ? "W/\"\(value)\"" : "\"\(value)\"" }
}

/// Whether the client has this representation already (If-None-Match, weak comparison).
package func isKnown(_ tag: EntityTag, ifNoneMatch fields: [String]) -> Bool {
  let text = fields.joined(separator: ",").trimmedBlanks
  if text == "*" { return true }
  // Tags of ours hold no comma, so that splitting there cannot miss one.
  return text.split(separator: ",").contains {
    EntityTag(parsing: $0.trimmedBlanks)?.value == tag.value
  }
}

/// What part of a representation is asked for (RFC 9110 section 14).
package enum ByteRange: Sendable, Equatable {
  case whole
  case part(Range<Int>)
  case unsatisfiable

  /// Several ranges, other units and what cannot be read are passed over, as the RFC allows.
  package init(_ field: String?, size: Int) {
    self = .whole
    guard let field, field.lowercased().hasPrefix("bytes=") else { return }
    let parts = field.dropFirst(6).trimmedBlanks.split(
      separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy(ASCII.isDigit) }) else {
      return
    }
    self.init(first: parts[0], last: parts[1], size: size)
  }

  private init(first: Substring, last: Substring, size: Int) {
    switch (first.isEmpty, last.isEmpty) {
    case (true, true): self = .whole
    case (true, false):
      let count = min(Int(last) ?? Int.max, size)
      self = count > 0 ? .part((size - count)..<size) : .unsatisfiable
    case (false, let isOpen):
      let start = Int(first) ?? Int.max
      let end = isOpen ? size - 1 : min(Int(last) ?? Int.max, size - 1)
      if !isOpen, let given = Int(last), given < start {
        self = .whole
      } else {
        self = start < size ? .part(start..<(end + 1)) : .unsatisfiable
      }
    }
  }
}

extension Response {
  /// A representation with a strong tag: 200, 206, 304 or 416, as the request's conditions say.
  ///
  /// `body` is asked for the part that is sent.
  package static func representation(
    size: Int, contentType: String, tag: EntityTag, for request: HTTPFields,
    body: (Range<Int>) -> ResponseBody
  ) -> Response {
    var fields: HTTPFields = [.eTag: "\(tag)", .acceptRanges: "bytes"]
    if isKnown(tag, ifNoneMatch: request[values: .ifNoneMatch]) {
      return Response(status: .notModified, fields: fields)
    }
    // A range of another version would be nonsense: If-Range must name this one, strongly.
    let isSameVersion = request[.ifRange].map { EntityTag(parsing: $0) == tag } ?? true
    let range = isSameVersion ? ByteRange(request[.range], size: size) : .whole
    fields[.contentType] = contentType
    switch range {
    case .whole: return Response(status: .ok, fields: fields, body: body(0..<size))
    case .part(let part):
      fields[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)"
      return Response(status: .partialContent, fields: fields, body: body(part))
    case .unsatisfiable:
      return Problem(
        .rangeNotSatisfiable, detail: "there are \(size) bytes: ask for a range within",
        fields: [.contentRange: "bytes */\(size)"]
      ).response
    }
  }

  /// The same over bytes that are at hand.
  package static func representation(
    _ bytes: [UInt8], contentType: String, tag: EntityTag, for request: HTTPFields
  ) -> Response {
    representation(size: bytes.count, contentType: contentType, tag: tag, for: request) {
      .bytes($0.count == bytes.count ? bytes : Array(bytes[$0]))
    }
  }
}
