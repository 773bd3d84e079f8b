/// What there is to know about a metric but its values.
package struct MetricDescription: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case counter
    case gauge
    /// A histogram with the upper bounds of its buckets, ascending, `+Inf` left out.
    case histogram([Double])
  }

  package let name: String
  package let help: String
  package let kind: Kind
  /// Names of its labels; a metric without any is shown from the start, at zero.
  package let labels: [String]

  package init(_ name: String, _ kind: Kind, labels: [String] = [], help: String) {
    self.name = name
    self.kind = kind
    self.labels = labels
    self.help = help
  }
}
