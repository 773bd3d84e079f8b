import HTTPTypes

/// One field of a form (RFC 7578).
package struct FormPart: Sendable, Equatable {
  package var name: String
  /// Present when the part is a file, whatever it is called; never used as a path.
  package var fileName: String?
  package var contentType: String?
  package var bytes: [UInt8]

  package init(
    name: String, fileName: String? = nil, contentType: String? = nil, bytes: [UInt8]
  ) {
    self.name = name
    self.fileName = fileName
    self.contentType = contentType
    self.bytes = bytes
  }

  /// Limited as a file is, not as a field of text.
  var isFile: Bool {
    fileName != nil || contentType?.hasPrefix("image/") == true
      || contentType?.hasPrefix("application/octet-stream") == true
  }

  /// The value of a text field, when it is UTF-8.
  package var text: String? { String(validating: bytes, as: UTF8.self) }

  /// Throws `MultipartError.malformed`.
  init(fields: HTTPFields) throws(MultipartError) {
    let dispositions = fields[values: .contentDisposition]
    guard dispositions.count == 1,
      let (kind, parameters) = HeaderParameters.parse(dispositions[0]),
      kind.equalsIgnoringCase("form-data"), let name = parameters["name"]
    else { throw .malformed("a part has no Content-Disposition: form-data; name=…") }
    // RFC 7578 section 4.7: deprecated; who still encodes a part would be misread.
    let coding = fields[.contentTransferEncoding]?.trimmedBlanks.lowercased()
    guard coding.map({ ["binary", "8bit", "7bit"].contains($0) }) ?? true else {
      throw .malformed("the part \"\(name)\" has a Content-Transfer-Encoding")
    }
    self.init(
      name: name, fileName: parameters["filename"], contentType: fields[.contentType],
      bytes: [])
  }
}

package enum MultipartForm {
  /// The parts of a whole body, in order.
  ///
  /// Throws `MultipartError`.
  package static func parse(
    _ bytes: UnsafeRawBufferPointer, contentType: MediaType, limits: MultipartLimits
  ) throws(MultipartError) -> [FormPart] {
    guard let boundary = contentType.parameters["boundary"] else { throw .noBoundary }
    var parser = try MultipartParser(boundary: boundary, limits: limits)
    var parts: [FormPart] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let events = try parser.feed(UnsafeRawBufferPointer(rebasing: rest.prefix(256 * 1024)))
      rest = rest.dropFirst(256 * 1024)
      for event in events { try take(event, into: &parts, limits: limits) }
    }
    try parser.finish()
    return parts
  }

  private static func take(
    _ event: MultipartParser.Event, into parts: inout [FormPart], limits: MultipartLimits
  ) throws(MultipartError) {
    switch event {
    case .part(let fields): parts.append(try FormPart(fields: fields))
    case .data(let bytes):
      let last = parts.endIndex - 1
      guard last >= 0 else { return }
      parts[last].bytes.append(contentsOf: bytes)
      guard parts[last].isFile || parts[last].bytes.count <= limits.field else {
        throw .fieldTooLarge(name: parts[last].name, limit: limits.field)
      }
    case .partEnd: break
    }
  }
}
