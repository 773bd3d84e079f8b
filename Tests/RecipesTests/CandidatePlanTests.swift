import Diffusion
import Testing

@testable import Recipes

@Suite struct CandidatePlanTests {
  private func plan(
    steps: [Int] = [8, 20], guidance: [Double] = [1, 2.5, 5],
    samplers: [SamplerKind] = [.ddim, .euler], perPrompt: Int = 4
  ) throws -> CandidatePlan {
    try CandidatePlan(
      perPrompt: perPrompt, steps: steps, guidanceScales: guidance, samplers: samplers, seed: 1,
      model: "m", data: "d")
  }

  @Test func `every combination is drawn equally often, and candidates of an edit differ`() throws {
    let plan = try plan()
    var counts: [String: Int] = [:]
    for group in 0..<12 {
      var seen: Set<String> = []
      for candidate in 0..<4 {
        let settings = plan.settings(group: group, candidate: candidate)
        let name =
          "\(settings.steps ?? 0) \(settings.guidanceScale ?? 0) \(settings.sampler?.rawValue ?? "")"
        counts[name, default: 0] += 1
        #expect(seen.insert(name).inserted)
      }
    }
    #expect(counts.count == 12)
    #expect(counts.values.allSatisfy { $0 == 4 })
  }

  @Test func `settings that cannot be are refused`() {
    #expect(throws: RecipeError.self) { try plan(steps: []) }
    #expect(throws: RecipeError.self) { try plan(steps: [0]) }
    #expect(throws: RecipeError.self) { try plan(guidance: [-1]) }
    #expect(throws: RecipeError.self) { try plan(samplers: []) }
    #expect(throws: RecipeError.self) { try plan(perPrompt: 1) }
  }
}
