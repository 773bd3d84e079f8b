/// The three reward models, by their names in requests, answers, metrics and model folders.
///
/// Source: ByteEdit (Ren et al. 2024), section 3.1.
package enum JudgeKind: String, CaseIterable, Sendable, Codable {
  /// R_alpha: how pleasing the whole picture is; one number.
  case aesthetic
  /// R_beta: how well the whole picture follows the prompt; one number.
  case alignment
  /// R_gamma: how real every pixel looks; a map, whose mean over the hole is the score.
  case coherence
}
