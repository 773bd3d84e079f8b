import Datasets
import Foundation
import TestSupport
import Testing
import Tokenizers

@testable import Recipes

@Suite struct TrainingSourcesTests {
  /// An aesthetic run over small pictures of a seed.
  private func sources(_ seed: Int, in folder: RunFolder) throws -> TrainingSources {
    let document = #"{"run": {"seed": \#(seed)}, "network": {"imageSize": 32, "patch": 8}}"#
    return try TrainingSources(
      for: .aesthetic,
      try RecipeConfiguration(for: .aesthetic, document: Data(document.utf8)),
      editor: "none", in: folder, report: { _ in })
  }

  /// Tokens are numbered by how often captions have them: other captions give other numbers.
  @Test func `a run goes on with the vocabulary that it was begun with`() throws {
    let (first, second) = (try ScratchFolder(), try ScratchFolder())
    let begun = try sources(1, in: RunFolder(first.path)).vocabulary
    #expect(try sources(2, in: RunFolder(second.path)).vocabulary != begun)
    #expect(try sources(2, in: RunFolder(first.path)).vocabulary == begun)
    #expect(try WordPieceVocabulary(folder: first.path) == begun)
  }
}
