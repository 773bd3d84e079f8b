package import Datasets
package import Imaging

/// An edit that candidates are drawn for, with all that is known about what it should become.
package struct CandidateSubject: Sendable {
  package var task: Preference.Task
  /// True of the target, word for word: what judges read.
  package var prompt: String
  /// What the editor is asked for.
  package var request: String
  /// What the editor is given.
  package var source: FloatImage
  /// What it should make of it.
  package var reference: OracleReference
  /// What is shown, by kind: `noun`, `colour`, `relation`, `scene`.
  package var attributes: [String: String]
  /// See `Preference.clusters`.
  package var clusters: [String: String]

  package init(
    task: Preference.Task, prompt: String, request: String, source: FloatImage,
    reference: OracleReference, attributes: [String: String], clusters: [String: String]
  ) {
    (self.task, self.prompt, self.request) = (task, prompt, request)
    (self.source, self.reference) = (source, reference)
    (self.attributes, self.clusters) = (attributes, clusters)
  }
}

/// Edits by number; the same number is always the same edit.
package protocol CandidateSubjects: Sendable {
  /// Where they come from, in a line that stands in the folder's settings.
  var summary: String { get }
  func subject(_ index: Int) throws -> CandidateSubject
}
