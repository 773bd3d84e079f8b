import HTTPTypes

extension Response {
  /// What every answer says to browsers, unless its route says otherwise: guess no types, run and
  /// embed nothing, tell nobody where one came from, and keep nothing.
  ///
  /// - Parameter isSecure: over TLS browsers are told to come by TLS alone for a year (RFC 6797, which
  ///   forbids to say so in clear text).
  mutating func addSafetyHeaders(isSecure: Bool) {
    for field in Self.safetyFields where !fields.contains(field.name) { fields.append(field) }
    if isSecure, !fields.contains(.strictTransportSecurity) {
      fields[.strictTransportSecurity] = "max-age=31536000"
    }
  }

  private static let safetyFields = [
    HTTPField(name: .contentTypeOptions, value: "nosniff"),
    HTTPField(name: .contentSecurityPolicy, value: strictPolicy),
    HTTPField(name: .referrerPolicy, value: "no-referrer"),
    HTTPField(name: .crossOriginResourcePolicy, value: "same-origin"),
    HTTPField(name: .cacheControl, value: "no-store"),
  ]

  /// Nothing may be loaded, framed or submitted (Content Security Policy Level 3); pictures stay
  /// pictures when they are opened by themselves.
  private static let strictPolicy =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
}

/// Adds the safety headers to what the router answers; the connection does so for its own answers.
package func safetyHeaders() -> Middleware {
  Middleware(finish: { request, response in
    response.addSafetyHeaders(isSecure: request.security != nil)
  })
}
