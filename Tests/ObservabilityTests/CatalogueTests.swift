import Foundation
import Testing

@testable import Observability

@Suite struct `The catalogue of metrics` {
  private struct Row: Hashable {
    var name: String
    var type: String
    var labels: [String]
  }

  /// The rows of the table in docs/operations.md.
  private static func documented() throws -> [Row] {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../docs/operations.md")
    let types: Set = ["counter", "gauge", "histogram"]
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|", omittingEmptySubsequences: false)
        .map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 6, types.contains(cells[2]) else { return nil }
      #expect(!cells[4].isEmpty, "\(cells[1]) has no meaning")
      return Row(
        name: cells[1].filter { $0 != "`" }, type: cells[2],
        labels: cells[3].filter { $0 != "`" && $0 != " " }.split(separator: ",").map(String.init))
    }
  }

  private static func type(_ metric: MetricDescription) -> String {
    switch metric.kind {
    case .counter: "counter"
    case .gauge: "gauge"
    case .histogram: "histogram"
    }
  }

  @Test func `is the operators' table, name by name`() throws {
    let documented = try Self.documented()
    let known = MetricCatalogue.all.map {
      Row(name: $0.name, type: Self.type($0), labels: $0.labels)
    }
    #expect(Set(documented) == Set(known))
    #expect(documented.count == known.count)
  }

  /// docs: "Metric and label naming" of Prometheus.
  @Test(arguments: MetricCatalogue.all)
  func `keeps to Prometheus' conventions`(_ metric: MetricDescription) throws {
    let name = metric.name
    #expect(name.wholeMatch(of: /[a-z][a-z0-9]*(_[a-z0-9]+)*/) != nil)
    #expect(["byteedit", "http", "process"].contains(name.prefix { $0 != "_" }))
    #expect(name.hasSuffix("_total") == (metric.kind == .counter))
    for unit in ["ms", "milliseconds", "minutes", "kib", "mib", "percent"] {
      #expect(!name.hasSuffix("_" + unit))
    }
    #expect(metric.help.hasSuffix(".") && !metric.help.contains("\n"))
    for label in metric.labels {
      #expect(label.wholeMatch(of: /[a-z][a-z_]*/) != nil && label != "le")
    }
    if case .histogram(let bounds) = metric.kind {
      #expect(bounds == bounds.sorted() && Set(bounds).count == bounds.count && !bounds.isEmpty)
    }
  }
}
