package import Datasets

/// One edit with its candidates: a line of `manifest.jsonl`.
///
/// Files are relative to its folder.
package struct CandidateRecord: Codable, Sendable, Equatable {
  /// One picture that was drawn, and how.
  package struct Candidate: Codable, Sendable, Equatable {
    package var file: String
    package var sampler: String
    package var steps: Int
    package var guidanceScale: Double
    package var seed: UInt32
    /// Every term of the oracle.
    package var scores: OracleScores
  }

  package var id: String
  package var task: Preference.Task
  /// What judges read.
  package var prompt: String
  /// What the editor was asked for.
  package var request: String
  package var attributes: [String: String]
  package var clusters: [String: String]
  /// What the editor was given.
  package var source: String
  /// White was edited.
  package var mask: String
  /// What the edit should have become.
  package var target: String
  /// What the hole shows without an object.
  package var background: String
  /// The object's own pixels; nothing where none was asked for.
  package var instance: String?
  /// The target as the editor's autoencoder gives it back.
  package var reconstruction: String
  package var candidates: [Candidate]

  /// Whether the recipes keep the edit back from training.
  package var isHeldOut: Bool { HeldOutClusters.holds(clusters, id: id) }

  /// What an oracle of these terms prefers; nil where best and worst are closer than `margin`.
  package func preference(by terms: OracleTerms, margin: Double) -> Preference? {
    let scores = candidates.map(\.scores)
    let order = Oracle.ranking(scores, by: terms)
    guard let best = order.first, let worst = order.last,
      scores[best].score(terms) - scores[worst].score(terms) > margin
    else { return nil }
    let files = candidates.map { PictureReference.path($0.file) }
    return Preference(
      id: id, prompt: prompt, task: task, best: files[best], worst: files[worst],
      annotator: terms.annotator, candidates: files, order: order, source: .path(source),
      mask: .path(mask), clusters: clusters)
  }
}
