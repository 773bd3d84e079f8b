/// What twins are asked: which picture meets which text, and which reward should be higher.
struct AlignmentQuestions {
  enum Kind: String {
    /// The picture's caption against its twin's.
    case oneAttribute = "caption with one attribute swapped"
    /// The picture's caption against that of another picture.
    case otherCaption = "caption of another picture"
    /// The picture's caption against one that tells of another scene.
    case otherScene = "caption with the scene swapped"
    /// The caption's picture against the twin.
    case otherPicture = "picture with one attribute swapped"

    /// Of pictures that an editor drew for different nouns.
    var drawnName: String {
      switch self {
      case .oneAttribute, .otherCaption, .otherScene: "what another was asked for"
      case .otherPicture: "picture that was drawn for another noun"
      }
    }
  }

  struct Pair {
    /// Places in `texts`.
    let better: Int
    let worse: Int
    let kind: Kind
    /// Whose question it is.
    let twin: Int
  }

  /// Of all twins: the first ones, then the second ones.
  let pictures: [BytePicture]
  /// The exact caption of every picture.
  let captions: [String]
  private(set) var texts: [String] = []
  /// The picture that each text is held beside.
  private(set) var pictureOfText: [Int] = []
  private(set) var pairs: [Pair] = []

  init(_ twins: [AlignmentTwins]) {
    pictures = twins.map(\.first.picture) + twins.map(\.second.picture)
    captions = twins.map(\.first.caption) + twins.map(\.second.caption)
    let count = twins.count
    for twin in twins.indices {
      let (first, second) = (twin, twin + count)
      let own = (meet(first, captions[first]), meet(second, captions[second]))
      let swapped = (meet(first, captions[second]), meet(second, captions[first]))
      ask(.oneAttribute, better: own.0, worse: swapped.0, twin)
      ask(.oneAttribute, better: own.1, worse: swapped.1, twin)
      ask(.otherPicture, better: own.0, worse: swapped.1, twin)
      ask(.otherPicture, better: own.1, worse: swapped.0, twin)
      let wrong: Kind = twins[twin].isWrongByScene ? .otherScene : .otherCaption
      ask(wrong, better: own.0, worse: meet(first, twins[twin].first.wrong), twin)
      ask(wrong, better: own.1, worse: meet(second, twins[twin].second.wrong), twin)
    }
  }

  private mutating func meet(_ picture: Int, _ text: String) -> Int {
    texts.append(text)
    pictureOfText.append(picture)
    return texts.count - 1
  }

  private mutating func ask(_ kind: Kind, better: Int, worse: Int, _ twin: Int) {
    pairs.append(Pair(better: better, worse: worse, kind: kind, twin: twin))
  }
}
