import Imaging
import Testing

@testable import Datasets

@Suite struct OracleTests {
  /// Which terms must fall with which damage.
  private static let named: [(Degradation.Kind, [OracleTerm])] = [
    (.blur, [.sharpness, .texture, .outline]), (.ghosting, [.outline, .sharpness]),
    (.truncation, [.silhouette, .outline]), (.banding, [.texture]), (.cast, [.cast]),
    (.seam, [.seam, .lighting]), (.noise, [.sharpness, .texture]), (.relighting, [.lighting]),
  ]

  private func damaged(
    _ kind: Degradation.Kind, _ strength: Double, seed: UInt64, _ reference: OracleReference
  ) throws -> OracleScores {
    let damaged = try Degradation(kind, strength: strength, seed: seed)
      .applied(to: reference.target, reference)
    return try Oracle(reference).scores(damaged)
  }

  @Test func `the render itself has full marks in every term`() throws {
    let reference = try OracleScene.reference()
    let scores = try Oracle(reference).scores(reference.target)
    #expect(scores.values.count == OracleTerm.allCases.count)
    for (term, value) in scores.values { #expect(value > 0.999, "\(term) \(value)") }
  }

  @Test(arguments: named)
  func `a term falls as the damage it names grows`(
    _ kind: Degradation.Kind, _ terms: [OracleTerm]
  ) throws {
    let strengths = [0, 0.25, 0.5, 0.75, 1]
    for seed in 0..<6 as Range<UInt64> {
      let reference = try OracleScene.reference(seed: seed)
      let scores = try strengths.map { try damaged(kind, $0, seed: seed, reference) }
      for term in terms {
        let values = scores.compactMap { $0[term] }
        #expect(values.count == strengths.count)
        // Bands and ghosts have edges of their own: a step may gain a little, the whole loses.
        let slack = kind == .banding || kind == .ghosting ? 0.05 : 1e-6
        for (lower, higher) in zip(values, values.dropFirst()) {
          #expect(higher < lower + slack, "\(kind) \(term) seed \(seed): \(values)")
        }
        #expect(values[0] - values[4] > 0.1, "\(kind) \(term) seed \(seed): \(values)")
      }
    }
  }

  @Test(arguments: Degradation.Kind.allCases)
  func `both halves of the oracle prefer the render to any damage`(
    _ kind: Degradation.Kind
  ) throws {
    for seed in 0..<6 as Range<UInt64> {
      let reference = try OracleScene.reference(seed: seed)
      let whole = try Oracle(reference).scores(reference.target)
      let damaged = try self.damaged(kind, 0.6, seed: seed, reference)
      #expect(damaged.score(.all) < whole.score(.all) - 0.02, "\(kind) \(seed)")
      #expect(damaged.values.values.allSatisfy { (0...1).contains($0) })
    }
  }

  @Test func `an empty hole has no silhouette, a repainted background is no object`() throws {
    let reference = try OracleScene.reference()
    let empty = try Oracle(reference).scores(reference.background)
    #expect((empty[.silhouette] ?? 1) < 0.05)
    #expect((empty[.outline] ?? 1) < 0.3)
    let flooded = FloatImage(repeating: 0.1, width: 64, height: 64, channels: 3)
    let full = try Oracle(reference).scores(flooded)
    // The whole square stands out: what is not the object counts against it.
    #expect((full[.silhouette] ?? 1) < 0.75)
  }

  @Test func `without an object silhouette and outline are left out`() throws {
    let reference = try OracleScene.reference(object: false)
    let scores = try Oracle(reference).scores(reference.target)
    #expect(scores[.silhouette] == nil && scores[.outline] == nil)
    #expect(scores.score(.training) > 0.999 && scores.score(.evaluation) > 0.999)
  }

  @Test func `training and evaluation terms have none in common and are all together`() {
    let (training, evaluation) = (OracleTerms.training.terms, OracleTerms.evaluation.terms)
    #expect(Set(training).isDisjoint(with: evaluation))
    #expect(Set(training + evaluation) == Set(OracleTerm.allCases))
    #expect(OracleTerms.training.annotator == "oracle:training")
  }

  @Test func `damage is the seed's, stays in the hole and in range`() throws {
    let reference = try OracleScene.reference()
    for kind in Degradation.Kind.allCases {
      let damage = try Degradation(kind, strength: 0.7, seed: 5)
      let first = try damage.applied(to: reference.target, reference)
      #expect(try damage.applied(to: reference.target, reference) == first)
      #expect(first != reference.target)
      for (index, coverage) in reference.hole.coverage.enumerated() {
        for sample in index * 3..<index * 3 + 3 {
          #expect((0...1).contains(first.pixels[sample]))
          if coverage == 0 { #expect(first.pixels[sample] == reference.target.pixels[sample]) }
        }
      }
    }
    #expect(throws: DatasetError.self) { try Degradation(.blur, strength: 1.1, seed: 0) }
    #expect(throws: DatasetError.self) { try Degradation(.blur, strength: .nan, seed: 0) }
  }

  @Test func `wrong sizes are refused, odd masks do not trap`() throws {
    let reference = try OracleScene.reference()
    let small = FloatImage(repeating: 0, width: 8, height: 8, channels: 3)
    #expect(throws: DatasetError.self) { try Oracle(reference).scores(small) }
    #expect(throws: DatasetError.self) {
      try OracleReference(
        background: small, target: small, instance: nil,
        hole: try Mask(width: 8, height: 8, coverage: [UInt8](repeating: 0, count: 64)))
    }
    var single = [UInt8](repeating: 0, count: 64)
    single[0] = 255
    let dot = try Mask(width: 8, height: 8, coverage: single)
    let tiny = try OracleReference(background: small, target: small, instance: dot, hole: dot)
    let scores = try Oracle(tiny).scores(small)
    #expect(scores.values.values.allSatisfy { $0.isFinite })
    for kind in Degradation.Kind.allCases {
      _ = try Degradation(kind, strength: 1, seed: 1).applied(to: small, tiny)
    }
  }

  @Test func `scores are JSON by the terms' names, and ranking keeps the order of equals`() throws {
    let scores = OracleScores([.seam: 0.5, .cast: 0.25])
    let line = try JSONLine.encode(scores, path: "x")
    #expect(String(decoding: line, as: UTF8.self) == "{\"cast\":0.25,\"seam\":0.5}\n")
    #expect(try JSONLine.decode(OracleScores.self, line) == scores)
    let others = [0.1, 0.9, 0.9, 0.3].map { OracleScores([.cast: $0]) }
    #expect(Oracle.ranking(others, by: .training) == [1, 2, 3, 0])
  }
}
