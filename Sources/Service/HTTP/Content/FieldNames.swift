package import HTTPTypes

extension HTTPField.Name {
  package static let hostField = known("Host")
  package static let prefer = known("Prefer")
  package static let preferenceApplied = known("Preference-Applied")
  package static let idempotencyKey = known("Idempotency-Key")
  package static let idempotencyReplayed = known("Idempotency-Replayed")
  package static let requestID = known("X-Request-Id")
  package static let contentTypeOptions = known("X-Content-Type-Options")
  package static let lastEventID = known("Last-Event-ID")
  /// Tells nginx to pass a stream on as it comes.
  static let accelBuffering = known("X-Accel-Buffering")
  /// Tells OpenAI's clients whether to send a request again.
  package static let shouldRetry = known("X-Should-Retry")
  /// Tells IOPaint's clients the seed that their picture came from.
  package static let seed = known("X-Seed")
  package static let referrerPolicy = known("Referrer-Policy")
  package static let forwarded = known("Forwarded")
  package static let xForwardedFor = known("X-Forwarded-For")
  static let contentTransferEncoding = known("Content-Transfer-Encoding")

  /// For names that are tokens by sight; the package can only make them optional.
  private static func known(_ name: String) -> HTTPField.Name {
    HTTPField.Name(name) ?? .warning
  }

  private static let warning = HTTPField.Name.via
}
