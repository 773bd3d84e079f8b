import Glibc

/// What the synthetic oracle looks at; each gives 0...1, 1 = as the reference.
package enum OracleTerm: String, Sendable, CaseIterable, Codable {
  /// How much of the object is there: its pixels stand out from the background, others do not.
  case silhouette
  /// Energy of fine detail on the object, against the render's.
  case sharpness
  /// Brightness and the direction it rises in, against the render's.
  case lighting
  /// How little the colours lean away from the render's.
  case cast
  /// How strongly edges run along the object's true outline.
  case outline
  /// Variation at three scales over the hole, against the reference's.
  case texture
  /// How little the border of the hole shows.
  case seam
}

/// The terms that a score is the geometric mean of.
///
/// The oracle that taught a judge does not decide how good the judge is: `training` and
/// `evaluation` have no term in common.
package struct OracleTerms: Sendable, Hashable {
  /// In the order of `OracleTerm`.
  package let terms: [OracleTerm]
  /// What annotators are called that judged by these.
  package let name: String

  package init(_ terms: Set<OracleTerm>, name: String) {
    self.terms = OracleTerm.allCases.filter(terms.contains)
    self.name = name
  }

  package static let training = OracleTerms(
    [.silhouette, .sharpness, .lighting, .cast], name: "training")
  package static let evaluation = OracleTerms([.outline, .texture, .seam], name: "evaluation")
  package static let all = OracleTerms(Set(OracleTerm.allCases), name: "all")

  /// The annotator of preference files that were ranked by these.
  package var annotator: String { "oracle:\(name)" }
}

/// What the oracle says of one candidate.
package struct OracleScores: Sendable, Hashable, Codable {
  /// Those that can be said: without an object there is neither silhouette nor outline.
  package private(set) var values: [OracleTerm: Double]

  package init(_ values: [OracleTerm: Double]) { self.values = values }

  package subscript(term: OracleTerm) -> Double? { values[term] }

  /// The geometric mean of those terms that can be said, 0...1; 0 where none can.
  ///
  /// A term that is as good as lost is not made good by the others. Terms count for at least 0.001,
  /// so that candidates which lost one are still told apart.
  package func score(_ terms: OracleTerms) -> Double {
    let said = terms.terms.compactMap { values[$0] }
    guard !said.isEmpty else { return 0 }
    return exp(said.reduce(0) { $0 + log(max($1, 1e-3)) } / Double(said.count))
  }

  package init(from decoder: any Decoder) throws {
    let named = try decoder.singleValueContainer().decode([String: Double].self)
    values = Dictionary(
      uniqueKeysWithValues: named.compactMap { name, value in
        OracleTerm(rawValue: name).map { ($0, value) }
      })
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(
      Dictionary(uniqueKeysWithValues: values.map { ($0.key.rawValue, $0.value) }))
  }
}
