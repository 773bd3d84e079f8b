/// What a key allows; none contains another, but `admin` contains all.
package enum Scope: String, Sendable, Hashable, CaseIterable {
  /// Submit and cancel jobs, score pictures.
  case edit
  /// Look at jobs, pictures, models and metrics.
  case read
  /// Everything, and everybody's jobs.
  case admin
}

extension Set<Scope> {
  package func allow(_ scope: Scope) -> Bool { contains(scope) || contains(.admin) }

  /// The names in the order in which they are declared, such as `edit read`.
  package var text: String {
    Scope.allCases.filter(contains).map(\.rawValue).joined(separator: " ")
  }
}
