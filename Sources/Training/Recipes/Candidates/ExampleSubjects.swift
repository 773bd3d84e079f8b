package import Datasets

/// Examples of a data set as edits to draw candidates for.
package struct ExampleSubjects: CandidateSubjects {
  package let summary: String
  private let dataset: any Dataset<EditExample>
  private let vocabulary: Vocabulary?

  /// What a narrow editor can draw, and how it wants to be asked.
  package struct Vocabulary: Sendable {
    /// Names and synonyms.
    package var nouns: Set<String>
    /// What it is told where no object is asked for.
    package var background: String?

    package init(nouns: Set<String>, background: String?) {
      (self.nouns, self.background) = (nouns, background)
    }
  }

  /// - Parameters:
  ///   - vocabulary: of an editor that knows few nouns: examples with others are passed over, and it
  ///     is asked for "an apple" alone. Without it the editor reads what the judges read.
  ///   - summary: where the examples come from, in a line.
  package init(
    _ dataset: any Dataset<EditExample>, vocabulary: Vocabulary? = nil,
    summary: String = "examples"
  ) {
    (self.dataset, self.vocabulary, self.summary) = (dataset, vocabulary, summary)
  }

  package func subject(_ index: Int) throws -> CandidateSubject {
    let example = try example(index)
    let asksForObject = example.task == .object
    let reference = try OracleReference(
      background: example.clean, target: example.target,
      instance: asksForObject ? example.instance : nil, hole: example.mask)
    return CandidateSubject(
      task: example.task.preferenceTask, prompt: example.prompt, request: request(example),
      source: asksForObject ? example.clean : example.picture, reference: reference,
      attributes: example.attributes.texts, clusters: example.clusters.texts)
  }

  /// The first example for the number that the editor can draw; each number looks in places of its
  /// own.
  private func example(_ index: Int) throws -> EditExample {
    guard let vocabulary else { return try dataset.example(at: index) }
    for attempt in 0..<Self.attempts {
      let example = try dataset.example(at: index &+ attempt * Self.apart)
      if vocabulary.canDraw(example) { return example }
    }
    throw RecipeError.invalidSetting(
      name: "vocabulary",
      reason: "none of \(Self.attempts) examples shows a noun that the editor knows")
  }

  private static let attempts = 400
  private static let apart = 1_000_003

  private func request(_ example: EditExample) -> String {
    guard let vocabulary else { return example.prompt }
    guard example.task == .object, let object = example.attributes.object else {
      return vocabulary.background ?? example.prompt
    }
    let words = [object.colour, object.noun].compactMap(\.self).joined(separator: " ")
    let vowel = words.first.map { "aeiou".contains($0.lowercased()) } ?? false
    return (vowel ? "an " : "a ") + words
  }
}

extension ExampleSubjects.Vocabulary {
  /// One object that the editor knows, or none.
  fileprivate func canDraw(_ example: EditExample) -> Bool {
    guard example.task == .object else { return true }
    guard let noun = example.attributes.noun, nouns.contains(noun) else { return false }
    return example.attributes.relation == nil || example.plan?.cleanReference == true
  }
}

extension EditTask {
  fileprivate var preferenceTask: Preference.Task {
    switch self {
    case .object: .inpaint
    case .erase, .strokes: .erase
    case .outpaint: .outpaint
    }
  }
}

extension SceneAttributes {
  fileprivate var texts: [String: String] {
    var texts = ["scene": scene.rawValue]
    texts["noun"] = noun
    texts["colour"] = colour
    texts["relation"] = relation?.rawValue
    return texts
  }
}

extension ExampleClusters {
  fileprivate var texts: [String: String] {
    var texts = ["scene": scene]
    texts["photograph"] = photograph
    texts["object"] = object
    return texts
  }
}
