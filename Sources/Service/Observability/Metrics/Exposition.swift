/// The Prometheus text format, version 0.0.4.
package enum Exposition {
  package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// A family of series: its two comment lines, then its samples.
  static func lines(
    _ metric: MetricDescription, _ series: [(labels: LabelSet, samples: [Sample])]
  ) -> String {
    var text = "# HELP \(metric.name) \(escapedHelp(metric.help))\n"
    text += "# TYPE \(metric.name) \(typeName(metric.kind))\n"
    for (labels, samples) in series.sorted(by: { $0.labels.text < $1.labels.text }) {
      for sample in samples {
        text += metric.name + sample.suffix + labels.with(bound: sample.bound)
        text += " " + number(sample.value) + "\n"
      }
    }
    return text
  }

  /// A number as Go's parser reads it.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    if let whole = Int64(exactly: value) { return String(whole) }
    return "\(value)"
  }

  /// A name of letters, digits, underscores and, in metrics, colons, not beginning with a digit.
  static func identifier(_ name: String, allowsColon: Bool) -> String {
    if isIdentifier(name, allowsColon: allowsColon) { return name }
    let clean = String(
      String.UnicodeScalarView(
        name.unicodeScalars.map { scalar in
          let isFine =
            scalar.isASCII && scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
            || scalar == "_" || scalar == ":" && allowsColon
          return isFine ? scalar : "_"
        }))
    return clean.first.map(\.isNumber) ?? true ? "_" + clean : clean
  }

  /// Most names are fine as they are.
  private static func isIdentifier(_ name: String, allowsColon: Bool) -> Bool {
    guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return name.utf8.allSatisfy { byte in
      switch byte {
      case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, 0x5F: true
      case 0x3A: allowsColon
      default: false
      }
    }
  }

  private static func typeName(_ kind: MetricDescription.Kind) -> String {
    switch kind {
    case .counter: "counter"
    case .gauge: "gauge"
    case .histogram: "histogram"
    }
  }

  private static func escapedHelp(_ help: String) -> String {
    help.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
      .split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\n")
  }
}
