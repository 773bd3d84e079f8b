/// One event of a `text/event-stream` (WHATWG HTML, section 9.2).
package struct ServerSentEvent: Sendable, Equatable {
  /// Sent back by a client that comes again, as `Last-Event-ID`; nil leaves the last one in force.
  package var id: String?
  /// `message` where nil.
  package var name: String?
  package var data: String

  package init(id: String? = nil, name: String? = nil, data: String) {
    (self.id, self.name, self.data) = (id, name, data)
  }

  /// As it is sent.
  ///
  /// Line ends cannot break out of a field: in the data they begin another data
  /// line, in id and name they are left out.
  package var bytes: [UInt8] {
    var text = ""
    if let id { text += "id: \(Self.oneLine(id))\n" }
    if let name { text += "event: \(Self.oneLine(name))\n" }
    for line in data.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      text += "data: \(line)\n"
    }
    return Array((text + "\n").utf8)
  }

  private static func oneLine(_ text: String) -> String { text.filter { !$0.isNewline } }

  /// A comment: keeps proxies from closing a silent stream, and is no event.
  package static let heartbeat = Array(": \n\n".utf8)

  /// How long a client shall wait before it connects again.
  package static func retry(_ span: Duration) -> [UInt8] {
    Array("retry: \(span.components.seconds * 1000)\n\n".utf8)
  }
}

extension Response {
  /// A stream of events; what stands between must not hold them back.
  package static func events(
    _ producer: @escaping @Sendable (ResponseWriter) async throws -> Void
  ) -> Response {
    Response(
      status: .ok,
      fields: [.contentType: "text/event-stream", .accelBuffering: "no"],
      body: .stream(length: nil, producer))
  }
}
