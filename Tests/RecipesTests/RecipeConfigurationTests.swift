import Foundation
import Recipes
import Testing

@Suite struct RecipeConfigurationTests {
  private func read(
    _ text: String, _ recipe: JudgeRecipe = .aesthetic
  ) throws -> RecipeConfiguration {
    try RecipeConfiguration(for: recipe, document: Data(text.utf8))
  }

  @Test func `what a document leaves out has the recipe's default`() throws {
    for recipe in JudgeRecipe.allCases {
      #expect(try read("{}", recipe) == RecipeConfiguration(for: recipe))
    }
    let changed = try read(#"{"run": {"steps": 7}, "data": {"candidates": ["a"]}}"#)
    var wanted = RecipeConfiguration(for: .aesthetic)
    wanted.run.steps = 7
    wanted.data.candidates = ["a"]
    #expect(changed == wanted)
    #expect(RecipeConfiguration(for: .coherence).network.patch == 8)
  }

  @Test(arguments: [
    #"{"run": {"stepz": 7}}"#, #"{"steps": 7}"#, #"{"run": 7}"#, #"{"run": {"steps": "many"}}"#,
    #"{"run": {"steps": 0}}"#, #"{"run": {"learningRate": -1}}"#, #"{"run": {"batch": 1.5}}"#,
    #"{"network": {"patch": 24}}"#, #"{"network": {"heads": 5}}"#, "[]", "7", "{", "",
    #"{"run": {"averageDecay": 1}}"#, #"{"data": {"candidatesDrawn": 0}}"#,
    #"{"network": {"imageSize": 1000000000000}}"#, #"{"run": {"steps": 1e99}}"#,
  ])
  func `what is unknown or cannot be is refused`(text: String) {
    #expect(throws: RecipeError.self) { try read(text) }
  }

  @Test func `a coherence judge has patches that halving reaches`() throws {
    let document = #"{"network": {"imageSize": 96, "patch": 6}}"#
    #expect(try read(document).network.patch == 6)
    #expect(throws: RecipeError.self) { try read(document, .coherence) }
  }

  @Test func `a fault names the setting`() {
    do {
      _ = try read(#"{"run": {"stepz": 7}}"#)
      Issue.record("an unknown setting was taken")
    } catch {
      #expect("\(error)".contains("run.stepz") && "\(error)".contains("steps"))
    }
  }
}
