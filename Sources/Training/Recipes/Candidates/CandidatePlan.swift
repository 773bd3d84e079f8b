package import Diffusion
package import Editing

/// How the candidates of a folder are drawn; stored in it as `settings.json`, so that a run that goes
/// on draws what the first would have drawn.
package struct CandidatePlan: Codable, Sendable, Equatable {
  /// Candidates of one edit.
  package var perPrompt: Int
  package var steps: [Int]
  package var guidanceScales: [Double]
  /// As requests spell them.
  package var samplers: [String]
  package var seed: UInt64
  /// Whether a fill's colour is brought to its surroundings before it is pasted, as the editor does.
  package var repairsSeams: Bool
  /// SHA-256 over the model's files.
  package var model: String
  /// Where the edits come from.
  package var data: String

  /// Edits that are drawn together, with the same settings.
  package static let group = 8

  package init(
    perPrompt: Int, steps: [Int], guidanceScales: [Double], samplers: [SamplerKind], seed: UInt64,
    repairsSeams: Bool = true, model: String, data: String
  ) throws(RecipeError) {
    guard (2...100).contains(perPrompt) else {
      throw .invalidSetting(name: "per-prompt", reason: "must be 2 to 100 candidates")
    }
    guard !steps.isEmpty, steps.allSatisfy({ (1...1000).contains($0) }) else {
      throw .invalidSetting(name: "steps", reason: "must be numbers of 1 to 1000")
    }
    guard !guidanceScales.isEmpty, guidanceScales.allSatisfy({ (0...100).contains($0) }) else {
      throw .invalidSetting(name: "guidance", reason: "must be numbers of 0 to 100")
    }
    guard !samplers.isEmpty else {
      throw .invalidSetting(name: "samplers", reason: "at least one is needed")
    }
    (self.perPrompt, self.steps, self.guidanceScales) = (perPrompt, steps, guidanceScales)
    (self.samplers, self.seed) = (samplers.map(\.rawValue), seed)
    (self.repairsSeams, self.model, self.data) = (repairsSeams, model, data)
  }

  /// How candidate `candidate` of the edits of group `group` is drawn.
  ///
  /// The combinations of steps, guidance and sampler come in turn, each group one further, so that
  /// every combination meets every other.
  package func settings(group: Int, candidate: Int) -> CropEditSettings {
    let combinations = steps.count * guidanceScales.count * samplers.count
    // A stride that shares no factor with their number visits all of them.
    let place = (candidate &* stride(combinations) &+ group) % combinations
    return CropEditSettings(
      sampler: SamplerKind(rawValue: samplers[place / (steps.count * guidanceScales.count)]),
      steps: steps[place % steps.count],
      guidanceScale: guidanceScales[place / steps.count % guidanceScales.count])
  }

  /// Near the golden section of the number, so that few candidates differ in all settings.
  private func stride(_ count: Int) -> Int {
    func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }
    let wanted = max(1, Int((Double(count) * 0.618).rounded()))
    return (0...count).lazy.map { wanted + $0 }.first { divisor($0, count) == 1 } ?? 1
  }
}
