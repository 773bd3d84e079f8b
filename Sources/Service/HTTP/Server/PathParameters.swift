/// What stands in the braces of a route, percent-decoded.
package struct PathParameters: Sendable, Equatable {
  private var values: [String: String] = [:]

  package init(_ values: [String: String] = [:]) {
    self.values = values
  }

  package subscript(name: String) -> String? { values[name] }

  /// A parameter as a type of its own, or nil when it is none.
  package func callAsFunction<Value: LosslessStringConvertible>(
    _ name: String, as type: Value.Type = Value.self
  ) -> Value? {
    values[name].flatMap { Value($0) }
  }
}
