import Foundation
import Recipes
import TestSupport
import Testing

@Suite struct TrainingRunTests {
  private func plan(steps: Int?, minutes: Double? = nil) -> RunPlan {
    var configuration = RecipeConfiguration(for: .aesthetic)
    configuration.run.batch = 6
    configuration.run.microBatch = 4
    configuration.run.warmup = 5
    configuration.run.learningRate = 0.05
    configuration.run.logEvery = 4
    configuration.run.evaluateEvery = 8
    configuration.run.saveEvery = 6
    return RunPlan(recipe: "toy", configuration: configuration, steps: steps, minutes: minutes)
  }

  /// - Parameter stop: the update after which somebody asks to stop.
  private func run(
    _ plan: RunPlan, in scratch: ScratchFolder, stopAfter stop: Int = .max
  ) throws -> TrainingRun.Ending {
    var run = TrainingRun(ToyRecipe(), plan: plan, in: RunFolder(scratch.path))
    var updates = 0
    return try run(
      onProgress: { _ in },
      shouldStop: {
        updates += 1
        return updates >= stop
      })
  }

  @Test func `a run that was stopped goes on to the bits of one that was not`() throws {
    let (whole, parted) = (try ScratchFolder(), try ScratchFolder())
    guard case .finished(let table) = try run(plan(steps: 40), in: whole) else {
      Issue.record("the run was not finished")
      return
    }
    guard case .stopped(let step) = try run(plan(steps: 40), in: parted, stopAfter: 17) else {
      Issue.record("the run was not stopped")
      return
    }
    #expect(step == 17)
    _ = try run(RunPlan(of: RunFolder(parted.path)), in: parted)
    for name in ["judge/model.safetensors", "state.safetensors", "held-out.md"] {
      let bytes = try #require(whole.bytes(name))
      #expect(parted.bytes(name) == bytes, "\(name) differs")
    }
    #expect(table.rows.first?.estimate.value ?? 1 < 0.5)
  }

  @Test func `updates behind the last saved state are done again after a kill`() throws {
    let (whole, parted) = (try ScratchFolder(), try ScratchFolder())
    _ = try run(plan(steps: 20), in: whole)
    // The state of update 12, with a log that was written up to update 16.
    _ = try run(plan(steps: 20), in: parted, stopAfter: 12)
    let state = try #require(parted.bytes("state.safetensors"))
    _ = try run(RunPlan(of: RunFolder(parted.path)), in: parted, stopAfter: 5)
    try state.write(to: URL(fileURLWithPath: "\(parted.path)/state.safetensors"))
    _ = try run(RunPlan(of: RunFolder(parted.path)), in: parted)
    #expect(
      parted.bytes("judge/model.safetensors") == whole.bytes("judge/model.safetensors"))
    let steps = String(decoding: try #require(parted.bytes("log.jsonl")), as: UTF8.self)
      .split(separator: "\n").map { $0.contains("\"step\":16") ? 16 : 0 }
    #expect(steps.filter { $0 == 16 }.count == 1)
  }

  @Test func `the curves and the log say what happened`() throws {
    let scratch = try ScratchFolder()
    _ = try run(plan(steps: 16), in: scratch)
    let lines = String(decoding: try #require(scratch.bytes("log.jsonl")), as: UTF8.self)
      .split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines.filter { $0.contains("heldOut\"") }.count == 2)
    for name in ["loss.svg", "accuracy.svg"] {
      let text = String(decoding: try #require(scratch.bytes(name)), as: UTF8.self)
      #expect(text.contains("<polyline") && text.contains("toy"))
    }
  }

  @Test func `minutes become a number of updates that is kept`() throws {
    let scratch = try ScratchFolder()
    // So short that only the measured updates and one more fit.
    _ = try run(plan(steps: nil, minutes: 1e-6), in: scratch)
    let plan = try RunPlan(of: RunFolder(scratch.path))
    #expect(plan.steps == 11)
  }

  @Test func `a state of another network is refused`() throws {
    let scratch = try ScratchFolder()
    _ = try run(plan(steps: 8), in: scratch)
    try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(scratch.path)/state.safetensors"))
    #expect(throws: (any Error).self) {
      try run(RunPlan(of: RunFolder(scratch.path)), in: scratch)
    }
  }
}
