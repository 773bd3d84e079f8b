extension ServeKey {
  /// How long a connection's peer may take.
  static let deadlines: [ServeKey] = [
    .number(
      "header_seconds", \.headerSeconds, 1...600,
      "Seconds from a request's first byte to the end of its head, then it is a 408."),
    .number(
      "idle_seconds", \.idleSeconds, 1...86_400,
      "Seconds that a connection may rest between requests."),
    .number(
      "transfer_grace_seconds", \.transferGraceSeconds, 1...600,
      "Seconds over which a body, or an answer, must keep to the least rate."),
    .number(
      "minimum_bytes_per_second", \.minimumBytesPerSecond, 1...(1 << 30),
      "Least rate of a body or an answer; who is slower is cut off."),
  ]
}
