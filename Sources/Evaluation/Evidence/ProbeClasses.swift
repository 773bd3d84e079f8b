package import Editing

/// What a probe tells apart: the nouns that an editor can draw, and that there is none of them.
package struct ProbeClasses: Codable, Sendable, Equatable {
  /// In the order of their numbers; what is none of them has the number behind the last.
  package let nouns: [String]
  /// The noun that each synonym stands for.
  private let names: [String: String]

  package var count: Int { nouns.count + 1 }
  package var none: Int { nouns.count }

  /// - Throws: `EvidenceError` for an editor that does not say what it can draw.
  package init(of editor: EditorModel) throws(EvidenceError) {
    let terms = editor.settings.vocabulary
    guard !terms.isEmpty else { throw .noVocabulary(editor: editor.name) }
    self.init(terms.map { ($0.name, $0.synonyms) })
  }

  init(_ terms: [(name: String, synonyms: [String])]) {
    nouns = terms.map(\.name)
    var names: [String: String] = [:]
    for term in terms {
      for name in term.synonyms { names[name] = term.name }
    }
    for term in terms { names[term.name] = term.name }
    self.names = names
  }

  /// The number of a noun or of one of its synonyms.
  package subscript(noun: String) -> Int? { names[noun].flatMap(nouns.firstIndex) }

  /// Nouns and synonyms.
  package var known: Set<String> { Set(names.keys) }
}

/// Why no evidence can be had.
package enum EvidenceError: Error, Equatable, CustomStringConvertible {
  case noVocabulary(editor: String)
  case unusableProbe(path: String, reason: String)
  case nothingToCompare(String)

  package var description: String {
    switch self {
    case .noVocabulary(let editor):
      "\(editor) does not say what it can draw; a probe needs the vocabulary of its byteedit.json"
    case .unusableProbe(let path, let reason): "\(path): \(reason)"
    case .nothingToCompare(let reason): reason
    }
  }
}
