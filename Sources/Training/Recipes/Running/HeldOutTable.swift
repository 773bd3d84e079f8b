package import Statistics

/// How a judge fares on what it was not trained on, one row for each kind of question.
package struct HeldOutTable: Sendable, Equatable {
  package struct Row: Sendable, Equatable {
    /// What was asked: `blur`, `another colour`.
    package var name: String
    /// What is measured: `accuracy` or `AUC`.
    package var measure: String
    package var estimate: Estimate

    package init(_ name: String, measure: String, _ estimate: Estimate) {
      self.name = name
      self.measure = measure
      self.estimate = estimate
    }
  }

  /// The first row sums up the judge.
  package var rows: [Row]

  package init(_ rows: [Row] = []) { self.rows = rows }

  /// A table for people, with 95% intervals over clusters.
  package var markdown: String {
    var lines = [
      "| held out | measure | value | 95% interval | samples | clusters |",
      "|---|---|---|---|---|---|",
    ]
    for row in rows {
      let estimate = row.estimate
      let interval = estimate.interval.map {
        "\(Self.percent($0.lowerBound))–\(Self.percent($0.upperBound))"
      }
      lines.append(
        "| \(row.name) | \(row.measure) | \(Self.percent(estimate.value)) | \(interval ?? "–") "
          + "| \(estimate.count) | \(estimate.clusters) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// In percent, with one digit behind the point.
  private static func percent(_ share: Double) -> String {
    let tenths = Int((share * 1_000).rounded())
    return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }
}

/// Pair accuracies by kind of pair.
///
/// A pair belongs to a scene or photograph and to an object, and both are drawn anew in turn: the
/// wider of the intervals counts.
struct PairTally {
  private var order: [String] = []
  private var kinds: [String: [PairAccuracy]] = [:]

  /// - Parameter clusters: what the pair shares with others, one for each way to group them.
  mutating func add(_ kind: String, better: Float, worse: Float, clusters: [String]) {
    if kinds[kind] == nil { order.append(kind) }
    var groupings = kinds[kind] ?? clusters.map { _ in PairAccuracy() }
    for (index, cluster) in clusters.enumerated() where index < groupings.count {
      groupings[index].add(better: Double(better), worse: Double(worse), cluster: cluster)
    }
    kinds[kind] = groupings
  }

  /// A row for each kind, in the order in which they came.
  func rows(seed: UInt64) -> [HeldOutTable.Row] {
    order.compactMap { kind in
      widest((kinds[kind] ?? []).map { $0.estimate(seed: seed) })
        .map { HeldOutTable.Row(kind, measure: "accuracy", $0) }
    }
  }
}

/// The estimate with the widest interval.
package func widest(_ estimates: [Estimate?]) -> Estimate? {
  estimates.compactMap { $0 }.max { width($0) < width($1) }
}

private func width(_ estimate: Estimate) -> Double {
  estimate.interval.map { $0.upperBound - $0.lowerBound } ?? -1
}
