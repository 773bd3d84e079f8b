/// A POST to somebody else's server; what its parts may hold is for its maker to see to.
package struct OutboundRequest: Sendable {
  package var isSecure: Bool
  package var host: String
  package var port: UInt16
  /// The `Host` field.
  package var authority: String
  /// Path and query.
  package var target: String
  package var fields: [(name: String, value: String)]
  package var body: [UInt8]

  package init(
    isSecure: Bool, host: String, port: UInt16, authority: String, target: String,
    fields: [(name: String, value: String)], body: [UInt8]
  ) {
    self.isSecure = isSecure
    self.host = host
    self.port = port
    self.authority = authority
    self.target = target
    self.fields = fields
    self.body = body
  }

  /// As it is sent: one exchange for one connection.
  var encoded: [UInt8] {
    var lines = ["POST \(target) HTTP/1.1", "Host: \(authority)"]
    lines += fields.map { "\($0.name): \($0.value)" }
    lines += ["Content-Length: \(body.count)", "Connection: close", "", ""]
    return Array(lines.joined(separator: "\r\n").utf8) + body
  }
}
