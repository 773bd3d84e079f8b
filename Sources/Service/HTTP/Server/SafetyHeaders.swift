import HTTPTypes

extension Response {
  /// What every answer says to browsers, unless its route says otherwise: guess no types, run and
  /// embed nothing, tell nobody where one came from, and keep nothing.
  mutating func addSafetyHeaders() {
    let defaults: [(HTTPField.Name, String)] = [
      (.contentTypeOptions, "nosniff"), (.contentSecurityPolicy, Self.strictPolicy),
      (.referrerPolicy, "no-referrer"), (.crossOriginResourcePolicy, "same-origin"),
      (.cacheControl, "no-store"),
    ]
    for (name, value) in defaults where fields[name] == nil { fields[name] = value }
  }

  /// Nothing may be loaded, framed or submitted (Content Security Policy Level 3); pictures stay
  /// pictures when they are opened by themselves.
  private static let strictPolicy =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
}

/// Adds the safety headers to what the router answers; the connection does so for its own answers.
package func safetyHeaders() -> Middleware {
  { request, next in
    var response = await next(request)
    response.addSafetyHeaders()
    return response
  }
}
