package import Datasets
import Foundation
package import Tokenizers

/// Where a recipe takes its pictures from: the endless world of examples, and what editors drew.
package struct TrainingSources: Sendable {
  package let training: any Dataset<EditExample>
  /// Shares no scene and no photograph with training.
  package let heldOut: any Dataset<EditExample>
  /// What editors drew, apart by scenes and photographs.
  let candidates: SplitSets<CandidateSet>
  /// What people or an oracle preferred, apart in the same way.
  let preferences: SplitSets<PreferredPair>
  /// Of training examples: what is said of some other picture.
  let captions: [String]
  let vocabulary: WordPieceVocabulary

  /// - Parameters:
  ///   - folders: of candidates or of preferences alone.
  ///   - words: texts whose words the judge must know beside those of the examples.
  ///   - known: the vocabulary of a run that goes on; made from all captions where there is none.
  package init(
    training: any Dataset<EditExample>, heldOut: any Dataset<EditExample>, folders: [String],
    words: [String] = [], known: WordPieceVocabulary? = nil
  ) throws {
    self.training = training
    self.heldOut = heldOut
    var candidates = SplitSets<CandidateSet>()
    var preferences = SplitSets<PreferredPair>()
    for folder in folders {
      let sets = try CandidateSet.read(folder)
      candidates.add(sets)
      preferences.add(try PreferredPair.read(folder, sets))
    }
    self.candidates = candidates
    self.preferences = preferences
    let examples = try inParallel(0..<Self.captionsRead) { index in
      let example = try training.example(at: index)
      return [example.caption, example.cleanCaption]
    }
    captions = examples.map { $0[0] }
    // BLIP's own special tokens are there too, so that no reader gives them other numbers.
    vocabulary =
      try known
      ?? WordPieceVocabulary(
        words: examples.flatMap(\.self) + candidates.all.map(\.prompt) + words,
        extraTokens: ["[DEC]", "[ENC]"])
  }

  /// Enough that a word which is missing is a rare one.
  private static let captionsRead = 600
}

/// Things of training and held-out things.
struct SplitSets<Element: Sendable>: Sendable {
  private(set) var training: [Element] = []
  private(set) var heldOut: [Element] = []

  var all: [Element] { training + heldOut }

  mutating func add(_ elements: [(element: Element, isHeldOut: Bool)]) {
    for (element, isHeldOut) in elements {
      if isHeldOut { heldOut.append(element) } else { training.append(element) }
    }
  }
}

/// Which of the things that share a scene, a photograph or a number are held out.
enum HeldOutClusters {
  /// One photograph in five, as `DatasetSplit` has it; one scene in six.
  static func holds(_ clusters: [String: String], id: String) -> Bool {
    if let photograph = clusters["photograph"] {
      return !DatasetSplit.training.takes(photograph: photograph)
    }
    let name = clusters["scene"] ?? id
    let sum = name.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    var mixer = SplitMix(seed: sum)
    return mixer.next() % 6 == 0
  }

  /// What a thing shares with others: its photograph or else its scene, and its object.
  static func names(_ clusters: [String: String], id: String) -> [String] {
    let ground = clusters["photograph"] ?? clusters["scene"] ?? id
    return [ground, clusters["object"] ?? ground]
  }
}

extension ExampleClusters {
  /// What the example shares with others: its photograph or else its scene, and its object.
  var names: [String] {
    let ground = photograph ?? scene
    return [ground, object ?? ground]
  }
}
