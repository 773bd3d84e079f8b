/// How a log line is written.
package enum LogFormat: String, Sendable, CaseIterable {
  /// One JSON object a line, for machines.
  case json
  /// Time, level, message and `key=value`, for people.
  case text
}

/// What a log may say of what users typed.
package enum PromptPolicy: Sendable {
  /// Only how long it was.
  case lengthOnly
  /// All of it; a person has to ask for this.
  case inFull
}

/// Names of the metadata that every part of the service uses.
package enum LogKey {
  package static let traceID = "trace_id"
  package static let jobID = "job_id"
  package static let requestID = "request_id"
  package static let prompt = "prompt"
  package static let negativePrompt = "negative_prompt"

  /// What is logged only under `PromptPolicy.inFull`.
  static let userText: Set<String> = [prompt, negativePrompt]
}
