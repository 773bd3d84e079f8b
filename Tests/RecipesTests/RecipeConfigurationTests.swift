import Foundation
import Models
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

  @Test func `the aesthetic judge looks at picture and hole, the others at the picture`() throws {
    #expect(RecipeConfiguration(for: .aesthetic).network.view == .both)
    #expect(try read(#"{"network": {"view": "picture"}}"#).network.view == .picture)
    for recipe in [JudgeRecipe.alignment, .coherence] {
      #expect(RecipeConfiguration(for: recipe).network.view == .picture)
      #expect(throws: RecipeError.self) { try read(#"{"network": {"view": "hole"}}"#, recipe) }
    }
    #expect(throws: RecipeError.self) { try read(#"{"network": {"view": "all"}}"#) }
  }

  @Test func `a run that was begun before there were views goes on with the whole picture`() throws
  {
    let configuration = RecipeConfiguration(for: .aesthetic)
    var text = String(decoding: try JSONEncoder().encode(configuration), as: UTF8.self)
    for new in [#""view":"both""#, #""start":"""#] {
      #expect(text.contains(new))
      text = text.replacing(new + ",", with: "").replacing("," + new, with: "")
    }
    var wanted = configuration
    wanted.network.view = .picture
    #expect(try JSONDecoder().decode(RecipeConfiguration.self, from: Data(text.utf8)) == wanted)
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
