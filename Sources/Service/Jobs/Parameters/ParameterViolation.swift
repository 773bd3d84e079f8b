/// One thing wrong with a request: where (an RFC 6901 pointer) and what to do about it.
package struct ParameterViolation: Sendable, Hashable, Codable {
  package let pointer: String
  package let detail: String

  package init(pointer: String, detail: String) {
    self.pointer = pointer
    self.detail = detail
  }

  /// The pointer to `path`, `~` and `/` escaped.
  package init(path: [String], detail: String) {
    let escaped = path.map { step in
      step.map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
    }
    self.init(pointer: escaped.map { "/" + $0 }.joined(), detail: detail)
  }
}

/// Thrown with every violation found, not only the first.
package struct InvalidParameters: Error, Sendable, Hashable, CustomStringConvertible {
  package let violations: [ParameterViolation]

  package init(_ violations: [ParameterViolation]) {
    self.violations = violations
  }

  package var description: String {
    violations.map { "\($0.pointer): \($0.detail)" }.joined(separator: "; ")
  }
}
