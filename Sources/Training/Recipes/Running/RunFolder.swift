import Foundation
import Tokenizers

/// The folder of a run: what it was told, what it has come to, what it wrote down.
package struct RunFolder: Sendable {
  package let path: String

  package init(_ path: String) { self.path = path }

  /// The whole training state, replaced as one.
  package var state: String { "\(path)/state.safetensors" }
  /// The settings of the run and the number of its steps.
  package var plan: String { "\(path)/run.json" }
  /// One JSON object a line.
  package var log: String { "\(path)/log.jsonl" }
  /// The judge's folder.
  package var judge: String { "\(path)/judge" }
  package var table: String { "\(path)/held-out.md" }

  /// What the run's tokens mean, for a judge that reads.
  var vocabulary: String { "\(path)/vocab.txt" }

  package var hasState: Bool { FileManager.default.fileExists(atPath: state) }

  package func create() throws(RecipeError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .unreadable(
        path: path, reason: "the folder cannot be made: \(error.localizedDescription)")
    }
  }

  /// The vocabulary that the run was begun with; nil before its beginning.
  ///
  /// Another one, of other data or of another program, would give the learnt tokens other words.
  func keptVocabulary() throws(TokenizerError) -> WordPieceVocabulary? {
    guard FileManager.default.fileExists(atPath: vocabulary) else { return nil }
    return try WordPieceVocabulary(folder: path)
  }

  func keep(_ tokens: WordPieceVocabulary) throws(TokenizerError) {
    guard !FileManager.default.fileExists(atPath: vocabulary) else { return }
    try tokens.write(to: vocabulary)
  }

  /// Replaces a file as a whole.
  func write(_ text: String, to file: String) throws(RecipeError) {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
    } catch {
      throw .unreadable(path: file, reason: "cannot be written: \(error.localizedDescription)")
    }
  }
}

/// What a run was begun with: read back when it goes on, so that it goes on as it began.
package struct RunPlan: Codable, Sendable {
  package var recipe: String
  package var configuration: RecipeConfiguration
  /// How many updates there will be; nil until the speed of this machine was measured.
  package var steps: Int?
  /// How long the run may take; nil where the settings give the steps.
  package var minutes: Double?

  package init(
    recipe: String, configuration: RecipeConfiguration, steps: Int?, minutes: Double?
  ) {
    self.recipe = recipe
    self.configuration = configuration
    self.steps = steps
    self.minutes = minutes
  }

  package init(of folder: RunFolder) throws(RecipeError) {
    do {
      let data = try Data(contentsOf: URL(fileURLWithPath: folder.plan))
      self = try JSONDecoder().decode(RunPlan.self, from: data)
    } catch {
      throw .unreadable(path: folder.plan, reason: "is no plan of a run; begin without --resume")
    }
  }

  func write(to folder: RunFolder) throws(RecipeError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else {
      throw .unreadable(path: folder.plan, reason: "the settings cannot be written as JSON")
    }
    try folder.write(String(decoding: data, as: UTF8.self) + "\n", to: folder.plan)
  }
}
