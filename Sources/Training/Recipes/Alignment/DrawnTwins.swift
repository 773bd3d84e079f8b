import Datasets

/// What an editor drew where it was asked for objects: two edits at a time, with different nouns.
///
/// An edit's own words are taken to be true of what was drawn. Often they are not, but a judge that
/// learns which words a fill was drawn for learns how well it shows them: a fill that could be
/// anything gets no reward that another's words would not get, too.
struct DrawnTwins: Sendable {
  private struct Edit {
    let noun: String
    let colour: String?
    let candidates: [BytePicture]
    let clusters: [String]
  }

  private let edits: [Edit]
  /// Whether fewer than two nouns were asked for.
  var isEmpty: Bool { edits.isEmpty }

  init(_ sets: [CandidateSet]) {
    let edits = sets.compactMap { set in
      set.noun.map {
        Edit(noun: $0, colour: set.colour, candidates: set.candidates, clusters: set.clusters)
      }
    }
    // Of one noun alone there are no twins.
    self.edits = Set(edits.map(\.noun)).count > 1 ? edits : []
  }

  /// Two candidates of edits that asked for different nouns, each mirrored half of the time; there
  /// must be some.
  func twins(_ choices: inout SplitMix) -> AlignmentTwins {
    let first = edits[choices.index(edits.count)]
    let second = other(than: [first.noun], &choices)
    let third = other(than: [first.noun, second.noun], &choices)
    let saysColour = choices.chance(0.5)
    func side(_ edit: Edit) -> AlignmentTwins.Side {
      let candidate = edit.candidates[choices.index(edit.candidates.count)]
      return AlignmentTwins.Side(
        picture: choices.chance(0.5) ? candidate.mirrored : candidate,
        caption: Self.caption(edit, saysColour: saysColour),
        wrong: Self.caption(third, saysColour: saysColour))
    }
    return AlignmentTwins(
      first: side(first), second: side(second), change: .noun, isDrawn: true,
      isWrongByScene: false, clusters: first.clusters)
  }

  /// Another noun than these, as often as its edits are; the first of what there is after many
  /// attempts, so that two nouns are enough.
  private func other(than nouns: [String], _ choices: inout SplitMix) -> Edit {
    for _ in 0..<64 {
      let edit = edits[choices.index(edits.count)]
      if !nouns.contains(edit.noun) { return edit }
    }
    return edits.first { $0.noun != nouns[0] } ?? edits[0]
  }

  /// "a red apple", as an editor of few words is asked.
  private static func caption(_ edit: Edit, saysColour: Bool) -> String {
    let words = [saysColour ? edit.colour : nil, edit.noun].compactMap(\.self)
      .joined(separator: " ")
    return (words.first.map { "aeiou".contains($0) } == true ? "an " : "a ") + words
  }
}
