package import Imaging

/// The judges that a service uses: up to three, each of its own kind; one that is switched off is
/// not there.
///
/// Judging computes on the calling thread and `ThreadTeam.current`, a picture at a time, so that a
/// candidate's scores do not depend on how many others there are.
package struct Judges: Sendable {
  private var judges: [JudgeKind: Judge] = [:]

  /// No judge at all.
  package static let off = Judges()

  private init() {}

  /// A later judge takes the place of an earlier one of the same kind.
  package init(_ judges: [Judge]) {
    for judge in judges { self.judges[judge.kind] = judge }
  }

  package var isEmpty: Bool { judges.isEmpty }
  /// In the order of `JudgeKind`.
  package var all: [Judge] { JudgeKind.allCases.compactMap { judges[$0] } }

  package subscript(kind: JudgeKind) -> Judge? { judges[kind] }

  /// Whether there would be a combined score by these weights.
  package func canCombine(_ weights: RewardWeights, hasPrompt: Bool) -> Bool {
    all.contains { weights[$0.kind] > 0 && (hasPrompt || $0.kind != .alignment) }
  }

  /// Judges one picture.
  ///
  /// - Parameters:
  ///   - picture: sRGB in 0...1, three channels: the candidate as the editor's model saw it.
  ///   - hole: what was edited, of the picture's size; `nil` takes every pixel.
  ///   - prompt: without one alignment has nothing to say.
  /// - Returns: the scores, and the coherence judge's map at the picture's size.
  /// - Throws: `RewardError`, which names the judge that failed.
  package func score(
    _ picture: FloatImage, hole: Mask? = nil, prompt: String? = nil
  ) throws(RewardError) -> (scores: RewardScores, map: CoherenceMap?) {
    var scores = RewardScores()
    var map: CoherenceMap?
    for judge in all {
      do {
        scores[judge.kind] = try judge.score(picture, hole: hole, prompt: prompt, map: &map)
      } catch let error as RewardError {
        throw error
      } catch {
        throw .failed(judge.kind, reason: "\(error)")
      }
    }
    return (scores, map)
  }
}
