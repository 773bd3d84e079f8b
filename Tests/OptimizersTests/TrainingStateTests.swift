import Checkpoints
import Foundation
import Optimizers
import Tensors
import TestSupport
import Testing

@Suite struct TrainingStateTests {
  private static let rule = TrainingStep(
    learningRate: 1e-2, schedule: .warmupCosine(warmup: 3, steps: 12), maximumNorm: 0.5)

  private static func fresh() -> TrainingState {
    var generator = TorchGenerator(seed: 1)
    let parameters = Parameters([
      "a.weight": generator.normal(shape: [7, 5]), "a.bias": generator.normal(shape: [5]),
      "ü \"quoted\"/weight": generator.normal(shape: [5, 3]),
    ])
    return TrainingState(parameters, averageDecay: 0.9, seed: 7)
  }

  /// A step on data drawn from the state's own generator, an odd number of values each time, so that
  /// one waits in it.
  private static func step(_ state: inout TrainingState) throws -> Float {
    let x = state.generator.normal(shape: [4, 7])
    let y = state.generator.normal(shape: [1, 3])
    state.position += 4
    return try rule(&state) { weights, _ in
      var weights = weights
      let hidden = x.matrixProduct(try weights.take("a.weight", shape: [7, 5]))
      let shifted = (hidden + (try weights.take("a.bias", shape: [5]))) * 0.3
      let out = shifted.exponential().matrixProduct(
        try weights.take("ü \"quoted\"/weight", shape: [5, 3]))
      return ((out - y) * (out - y)).mean()
    }.loss
  }

  private static func bits(_ state: TrainingState) -> [[UInt32]] {
    [
      state.parameters, state.optimizer.firstMoments, state.optimizer.secondMoments,
      state.average?.parameters,
    ].flatMap { $0?.tensors ?? [] }.map { $0.values.map(\.bitPattern) }
  }

  private func withFile(_ body: (String) throws -> Void) throws {
    let scratch = try ScratchFolder()
    try body(scratch.path + "/state.safetensors")
  }

  @Test func `ten steps are five, a file, and five more, bit for bit`() throws {
    var straight = Self.fresh()
    let losses = try (0..<10).map { _ in try Self.step(&straight) }
    var first = Self.fresh()
    var resumed = try (0..<5).map { _ in try Self.step(&first) }
    try withFile { path in
      try first.save(to: path)
      var second = try TrainingState(from: path)
      #expect(second.step == 5 && second.position == 20)
      #expect(second.generator.state == first.generator.state)
      #expect(second.generator.state.spare != nil)
      resumed += try (0..<5).map { _ in try Self.step(&second) }
      #expect(resumed.map(\.bitPattern) == losses.map(\.bitPattern))
      #expect(Self.bits(second) == Self.bits(straight))
      #expect(second.average?.step == 10 && second.average?.decay == 0.9)
      #expect(
        try FileManager.default.contentsOfDirectory(
          atPath: (path as NSString).deletingLastPathComponent) == ["state.safetensors"])
    }
    #expect(Set(losses).count == 10)
  }

  @Test func `a run without an average is kept without one`() throws {
    var state = TrainingState(Self.fresh().parameters, averageDecay: nil)
    _ = try Self.step(&state)
    try withFile { path in
      try state.save(to: path)
      let read = try TrainingState(from: path)
      #expect(read.average == nil)
      #expect(Self.bits(read) == Self.bits(state))
    }
  }

  @Test func `a file cut short anywhere is refused`() throws {
    var state = Self.fresh()
    _ = try Self.step(&state)
    try withFile { path in
      try state.save(to: path)
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      for length in Array(stride(from: 0, to: whole.count, by: 211)) + [whole.count - 1] {
        try whole.prefix(length).write(to: URL(fileURLWithPath: path))
        #expect(throws: OptimizerError.self, "\(length) bytes") {
          try TrainingState(from: path)
        }
      }
    }
  }

  @Test func `a file with any byte changed is refused`() throws {
    var state = Self.fresh()
    _ = try Self.step(&state)
    try withFile { path in
      try state.save(to: path)
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      for at in stride(from: 0, to: whole.count, by: 29) {
        // Spaces between header and data say nothing; other white space there is as good.
        guard whole[at] != UInt8(ascii: " ") || at < 500 else { continue }
        var changed = whole
        changed[at] ^= 1 << UInt8(at % 8)
        try changed.write(to: URL(fileURLWithPath: path))
        #expect(throws: OptimizerError.self, "byte \(at)") { try TrainingState(from: path) }
      }
    }
  }

  @Test func `weights alone, and no file at all, are no state`() throws {
    try withFile { path in
      #expect(throws: OptimizerError.self) { try TrainingState(from: path) }
      try SafetensorsWriter.write(["x": Tensor(1)], to: path)
      #expect {
        try TrainingState(from: path)
      } throws: { error in
        "\(error)".contains("is no whole training state: its format is pt")
      }
      #expect(throws: OptimizerError.self) {
        try Self.fresh().save(to: path + "/not a folder/state")
      }
    }
  }
}
