import FoundationEssentials
package import HTTPTypes

/// An error as the client sees it (RFC 9457).
package struct Problem: Sendable, Equatable {
  package var status: HTTPResponse.Status
  /// What kind of problem; a URN of ours, or about:blank where the status says it all.
  package var type: String
  package var title: String
  /// What happened this time, and what to do.
  package var detail: String
  package var errors: [FieldError]
  package var fields: HTTPFields

  /// What is wrong with one field of the request.
  package struct FieldError: Sendable, Equatable, Hashable, Codable {
    /// A JSON pointer (RFC 6901): `/prompt`.
    package var pointer: String
    package var detail: String

    package init(pointer: String, detail: String) {
      self.pointer = pointer
      self.detail = detail
    }
  }

  package init(
    _ status: HTTPResponse.Status, type: String = "about:blank", title: String? = nil,
    detail: String, errors: [FieldError] = [], fields: HTTPFields = HTTPFields()
  ) {
    self.status = status
    self.type = type
    self.title = title ?? status.reasonPhrase
    self.detail = detail
    self.errors = errors
    self.fields = fields
  }

  package init(_ error: HTTPError) {
    self.init(error.status, detail: error.detail)
  }
}

extension Problem: Encodable {
  private enum Key: String, CodingKey {
    case type
    case title
    case status
    case detail
    case errors
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(type, forKey: .type)
    try container.encode(title, forKey: .title)
    try container.encode(status.code, forKey: .status)
    try container.encode(detail, forKey: .detail)
    if !errors.isEmpty { try container.encode(errors, forKey: .errors) }
  }

  package var response: Response {
    var response = Response.json(self, status: status, contentType: "application/problem+json")
    response.fields.append(contentsOf: fields)
    return response
  }
}

extension Response {
  /// Keys are sorted, so that equal values give equal bytes.
  package static func json(
    _ value: some Encodable, status: HTTPResponse.Status = .ok,
    contentType: String = "application/json"
  ) -> Response {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else {
      return Response(status: .internalServerError, text: "the answer could not be encoded")
    }
    return Response(status: status, contentType: contentType, Array(data))
  }
}
