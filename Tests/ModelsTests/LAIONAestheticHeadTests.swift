import Checkpoints
import Foundation
import Models
import Tensors
import Testing

@Suite struct LAIONAestheticHeadTests {
  private static let deep = [(0, 1024), (2, 128), (4, 64), (6, 16), (7, 1)]

  /// The weights of both heads, drawn as `Scripts/fixtures/make_clip.py` draws them.
  private func weights() -> (linear: [String: Tensor], deep: [String: Tensor]) {
    var generator = TorchGenerator(seed: 34)
    _ = generator.normal(shape: [5, 24])
    func bias(_ count: Int) -> Tensor {
      generator.normal(shape: [max(16, count)]).slice(0..<count, axis: 0)
    }
    let linear = ["weight": generator.normal(shape: [1, 24]), "bias": bias(1)]
    var (deep, inputs) = ([String: Tensor](), 24)
    for (index, outputs) in Self.deep {
      let weight = generator.normal(shape: [outputs, inputs])
      deep["layers.\(index).weight"] = weight / Float(inputs).squareRoot()
      deep["layers.\(index).bias"] = bias(outputs)
      inputs = outputs
    }
    return (linear, deep)
  }

  private func golden() throws -> SafetensorsFile {
    let resources = Bundle.module.resourceURL ?? URL(fileURLWithPath: ".")
    return try SafetensorsFile(
      path: resources.appendingPathComponent("Fixtures/laion-heads.safetensors").path)
  }

  private func score(_ weights: [String: Tensor]) throws -> Tensor {
    let head = try LAIONAestheticHead(weights: WeightStore(tensors: weights))
    #expect(head.width == 24)
    return try head(try golden().tensor("embeddings"))
  }

  @Test func `both heads give the reference's scores`() throws {
    let (linear, deep) = weights()
    #expect(relativeError(try score(linear), try golden().tensor("linear")) < usual)
    #expect(relativeError(try score(deep), try golden().tensor("deep")) < usual)
  }

  @Test func `every tensor matters`() throws {
    let deep = weights().deep
    for name in deep.keys {
      var wrong = deep
      wrong[name] = wrong[name].map { $0.count == 1 ? $0 * 1.1 : reversed($0) }
      #expect(relativeError(try score(wrong), try golden().tensor("deep")) > bound, "\(name)")
    }
  }

  @Test func `an embedding's length does not matter, its width does`() throws {
    let head = try LAIONAestheticHead(weights: WeightStore(tensors: weights().linear))
    let embeddings = try golden().tensor("embeddings")
    #expect(relativeError(try head(embeddings * 7), try head(embeddings)) < usual)
    for shape in [[1, 23], [24], [1, 1, 24]] as [Shape] {
      #expect(throws: ModelError.self) { try head(Tensor(repeating: 1, shape: shape)) }
    }
  }

  @Test func `a head that lacks a layer is refused`() {
    let (linear, deep) = weights()
    for name in ["layers.7.weight", "layers.0.weight", "layers.4.bias"] {
      var wrong = deep
      wrong[name] = nil
      #expect(throws: CheckpointError.self) {
        try LAIONAestheticHead(weights: WeightStore(tensors: wrong))
      }
    }
    #expect(throws: CheckpointError.self) {
      try LAIONAestheticHead(weights: WeightStore(tensors: linear.merging(deep) { $1 }))
    }
  }

  @Test func `scores are differentiable with respect to embeddings and weights`() throws {
    let weights = weights().deep.mapValues { $0.watched() }
    let embeddings = try golden().tensor("embeddings").watched()
    let head = try LAIONAestheticHead(weights: WeightStore(tensors: weights))
    let leaves = [embeddings] + weights.keys.sorted().compactMap { weights[$0] }
    let gradients = try head(embeddings).sum().gradients(withRespectTo: leaves)
    // The score does not depend on an embedding's length: the gradient stands at right angles.
    let along = (gradients[0] * embeddings.detached).sum(axes: [-1]).values
    let sizes = gradients[0].squared().sum(axes: [-1]).squareRoot().values
    for (along, size) in zip(along, sizes) { #expect(abs(along) < 1e-4 * size, "\(along)") }
    #expect(gradients.allSatisfy { $0.values.contains { $0 != 0 } })
  }
}
