import Compute
import Foundation
import Goldens
import Layers
import Tensors
import Testing

/// Every layer's gradient against central differences of its twin in double precision, and against
/// torch's autograd (Scripts/fixtures/make_gradients.py).
@Suite struct GradientTests {
  static let tolerance = 4e-6
  private let goldens: Goldens

  init() throws { goldens = try Goldens("gradients", in: .module) }

  @Test(arguments: GradientCases.all) func `a gradient is its twin's slope and torch's`(
    operation: GradientCase
  ) throws {
    let errors = try operation.errors(goldens)
    #expect(errors.value < Self.tolerance)
    #expect(errors.finiteDifferences < Self.tolerance)
    #expect((errors.torch ?? 0) < Self.tolerance)
  }

  @Test func `the gradient table of layers`() throws {
    let read = GradientCases.all.filter { $0.shapes == nil }.map(\.description)
    let stored = goldens.names.compactMap { $0.split(separator: "/").first.map(String.init) }
    #expect(Set(stored) == Set(read))
    guard ProcessInfo.processInfo.environment["BYTEEDIT_GRADIENT_TABLE"] != nil else { return }
    for operation in GradientCases.all {
      print(try operation.errors(goldens).row(operation.description))
    }
  }

  @Test(arguments: [2, 3]) func `threads do not change a gradient's bits`(threads: Int) throws {
    for operation in GradientCases.all {
      let (inputs, flow) = try operation.operands(goldens)
      let alone = try gradients(operation, inputs, flow, threads: 1)
      let together = try gradients(operation, inputs, flow, threads: threads)
      #expect(zip(alone, together).allSatisfy { same($0, $1) }, "\(operation)")
    }
  }

  /// The first input is a picture or a sequence, and a sample's gradient is its own.
  ///
  /// The blocks, whose inputs have other names, are left out, and padded attention, which asks for
  /// lengths (PaddedAttentionTests).
  @Test func `the batch does not change the bits of a sample's gradient`() throws {
    for operation in GradientCases.all
    where operation.inputs[0] != "weight" && operation.inputs.count < 5
      && !(operation.description.hasPrefix("attention")
        && operation.description.contains("padded"))
    {
      let (inputs, flow) = try operation.operands(goldens)
      guard inputs[0].shape.rank > 1, inputs[0].shape[0] == flow.shape[0] else { continue }
      let whole = try gradients(operation, inputs, flow, threads: 2)[0]
      for sample in 0..<flow.shape[0] {
        func part(_ name: String, _ x: Tensor) -> Tensor {
          Self.batched.contains(name) ? x.slice(sample..<sample + 1, axis: 0) : x
        }
        let alone = try gradients(
          operation, zip(operation.inputs, inputs).map(part), part("x", flow), threads: 2)[0]
        #expect(same(alone, part("x", whole)), "\(operation)")
      }
    }
  }

  private static let batched: Set = ["x", "residual", "query", "key", "value", "context"]

  private func gradients(
    _ operation: GradientCase, _ inputs: [Tensor], _ flow: Tensor, threads: Int
  ) throws -> [Tensor] {
    try ThreadTeam.$current.withValue(ThreadTeam(threads: threads)) {
      try operation.gradients(inputs, flow)
    }
  }

  private func same(_ a: Tensor, _ b: Tensor) -> Bool {
    a.shape == b.shape && a.values.map(\.bitPattern) == b.values.map(\.bitPattern)
  }
}
