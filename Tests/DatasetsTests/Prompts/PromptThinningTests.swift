import Testing

@testable import Datasets

@Suite struct PromptThinningTests {
  /// Groups of near-doubles around far-apart points.
  private func data(
    _ sizes: [Int], width: Int = 6, spread: Double = 0.02
  ) throws -> (prompts: [String], points: PointSet) {
    var generator = SplitMix(seed: 9)
    var (prompts, values): ([String], [Float]) = ([], [])
    for (group, size) in sizes.enumerated() {
      let centre = (0..<width).map { _ in generator.uniform(-1..<1) }
      for member in 0..<size {
        prompts.append("prompt \(group) \(member)")
        values += centre.map { Float($0 + spread * generator.uniform(-1..<1)) }
      }
    }
    return (prompts, try PointSet(width: width, values: values))
  }

  @Test func `the number asked for is kept, of every group some, of near-doubles few`() throws {
    let (prompts, points) = try data([60, 20, 10, 5, 3, 2])
    var settings = PromptThinning.Settings(keep: 20, groups: 6)
    settings.iterations = 150
    let result = try PromptThinning(prompts, embeddings: points, settings: settings)
    #expect(result.isKept.count { $0 } == 20)
    let kept = Set(prompts.indices.filter { result.isKept[$0] }.map { result.groups[$0] })
    #expect(kept == Set(result.groups))
    let largest = (0..<60).count { result.isKept[$0] }
    #expect((3...9).contains(largest))
    for (index, representative) in result.representatives.enumerated() {
      #expect(result.isKept[representative])
      #expect(result.isKept[index] == (representative == index))
    }
    #expect(result.places.allSatisfy { $0 != nil })
    let again = try PromptThinning(prompts, embeddings: points, settings: settings)
    #expect(again.isKept == result.isKept)
  }

  @Test func `more prompts than a map has room for are thinned before it`() throws {
    let (prompts, points) = try data([3000, 2000, 200], width: 3, spread: 0.2)
    var settings = PromptThinning.Settings(keep: 50, groups: 3)
    settings.iterations = 2
    let result = try PromptThinning(prompts, embeddings: points, settings: settings)
    #expect(result.places.count { $0 != nil } == TSNE.mostPoints)
    #expect(result.isKept.count { $0 } == 50)
  }

  @Test func `quotas follow the roots of the sizes, and no group gives more than it has`() {
    #expect(PromptThinning.quotas([100, 1], total: 11) == [10, 1])
    #expect(PromptThinning.quotas([400, 100, 2], total: 30).reduce(0, +) == 30)
    #expect(PromptThinning.quotas([3, 3], total: 9) == [3, 3])
    #expect(PromptThinning.quotas([0, 5], total: 2) == [0, 2])
  }

  @Test func `doubles and empty lines go, and settings that cannot be are refused`() throws {
    #expect(
      PromptThinning.distinct(["A  cat", "", "a cat", " a dog\r", "a dog "]) == ["A cat", "a dog"])
    let (prompts, points) = try data([5])
    #expect(throws: DatasetError.self) {
      try PromptThinning(prompts, embeddings: points, settings: .init(keep: 6))
    }
    #expect(throws: DatasetError.self) {
      try PromptThinning(["a"], embeddings: points, settings: .init(keep: 1))
    }
  }
}
