import Checkpoints
import Compute
import Dispatch
import Foundation
import Imaging
import Models
import Synchronization
import Tensors
import TestSupport
import Testing

@testable import Editing

/// Adapters and storages, from the request to the receipt.
@Suite final class EditAdapterTests: Sendable {
  private let scratch: ScratchFolder
  private var folder: String { scratch.path }

  init() throws {
    scratch = try ScratchFolder()
    try write("ink", layer: "unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_v", 64, 1)
    try write("chalk", layer: "unet.up_blocks.1.attentions.0.transformer_blocks.0.ff.net.2", 32, 2)
  }

  private func path(_ name: String) -> String { "\(folder)/\(name).safetensors" }

  private func write(_ name: String, layer: String, _ width: Int, _ seed: UInt64) throws {
    var generator = TorchGenerator(seed: seed)
    try SafetensorsWriter.write(
      [
        "\(layer).lora_A.weight": generator.normal(shape: [2, width == 32 ? 128 : width]),
        "\(layer).lora_B.weight": generator.normal(shape: [width, 2]),
      ], to: path(name))
  }

  private func editor(
    _ adapters: [AdapterSource], storage: WeightStorage = .float32
  ) throws -> Editor {
    Editor(
      model: try EditorModel(
        folder: try Fixture.path("pipeline/model"), name: "golden", storage: storage,
        adapters: adapters), build: "test")
  }

  private func both(_ weight: Double = 0.5) throws -> Editor {
    try editor([
      AdapterSource(name: "ink", path: path("ink"), weight: weight),
      AdapterSource(name: "chalk", path: path("chalk")),
    ])
  }

  private func request(_ adapters: [AdapterChoice] = []) -> EditRequest {
    let hole = Hole(width: 70, height: 60, boxes: [(20, 20, 20, 15)])
    var request = Fixture.request(image: Scene.png(width: 70, height: 60), mask: hole.png)
    request.adapters = adapters
    request.output.carriesProvenance = false
    return request
  }

  private func bytes(_ editor: Editor, _ adapters: [AdapterChoice] = []) throws -> [UInt8] {
    try editor.edit(request(adapters)).candidates[0].bytes
  }

  @Test func `an edit takes the adapters that it names, and no other`() throws {
    let editor = try both()
    let plain = try bytes(Fixture.editor())
    let ink = try bytes(editor, [AdapterChoice(name: "ink")])
    let chalk = try bytes(editor, [AdapterChoice(name: "chalk")])
    let together = try bytes(editor, [AdapterChoice(name: "ink"), AdapterChoice(name: "chalk")])
    #expect(Set([plain, ink, chalk, together]).count == 4)
    #expect(try bytes(editor) == plain)
    #expect(try bytes(editor, [AdapterChoice(name: "ink", weight: 0.5)]) == ink)
    #expect(try bytes(editor, [AdapterChoice(name: "ink", weight: -0.5)]) != ink)
    #expect(try bytes(editor, [AdapterChoice(name: "ink", weight: 0)]) == plain)
  }

  @Test func `a merged adapter draws what one beside the weights draws`() throws {
    let merged = try editor([
      AdapterSource(name: "ink", path: path("ink"), weight: 0.5, isMerged: true)
    ])
    let a = try ImageDecoder.decode(try bytes(merged), limits: ImageLimits())
    let b = try ImageDecoder.decode(
      try bytes(try both(), [AdapterChoice(name: "ink")]), limits: ImageLimits())
    let differences = zip(a.samples, b.samples).map { abs($0 - $1) }
    #expect(differences.max() ?? 255 <= 1)
  }

  @Test func `the receipt names adapters by file and weight, and the storage`() throws {
    let editor = try editor(
      [
        AdapterSource(name: "base", path: path("chalk"), weight: 0.25, isMerged: true),
        AdapterSource(name: "ink", path: path("ink"), weight: 0.5),
      ], storage: .bfloat16)
    let result = try editor.edit(request([AdapterChoice(name: "ink", weight: -1)]))
    let receipt = result.candidates[0].receipt
    #expect(receipt.weights == "bf16" && receipt.precision == "fp32")
    #expect(
      receipt.adapters == [
        .init(name: "base", hash: try ModelDigest.hash(ofFile: path("chalk")), weight: 0.25),
        .init(name: "ink", hash: try ModelDigest.hash(ofFile: path("ink")), weight: -1),
      ])
    #expect(try JSONDecoder().decode(Receipt.self, from: Data(receipt.text.utf8)) == receipt)
    let plain = try Fixture.editor().edit(request()).candidates[0].receipt
    #expect(plain.adapters == nil && plain.weights == "fp32")
    #expect(try !plain.text.contains("adapters"))
  }

  @Test(arguments: [WeightStorage.float16, .bfloat16, .int8])
  func `an edit with weights of fewer bits is close to the exact one`(
    storage: WeightStorage
  ) throws {
    let exact = try ImageDecoder.decode(try bytes(Fixture.editor()), limits: ImageLimits())
    let stored = try ImageDecoder.decode(
      try bytes(try editor([], storage: storage)), limits: ImageLimits())
    let differences = zip(exact.samples, stored.samples).map { abs($0 - $1) }
    #expect(differences.max() ?? 255 < 40)
  }

  @Test func `edits with different adapters at the same time do not disturb each other`() throws {
    let editor = try both()
    let choices = [[], ["ink"], ["chalk"], ["ink", "chalk"]].map { names in
      names.map { AdapterChoice(name: $0) }
    }
    let expected = try choices.map { try bytes(editor, $0) }
    let found = Mutex<[Int: [UInt8]]>([:])
    DispatchQueue.concurrentPerform(iterations: 4) { index in
      let made = ThreadTeam.$current.withValue(ThreadTeam(threads: 1)) {
        try? bytes(editor, choices[index])
      }
      found.withLock { $0[index] = made }
    }
    let all = found.withLock { $0 }
    for index in 0..<4 { #expect(all[index] == expected[index]) }
  }

  @Test(arguments: [
    (["pencil"], "chalk, ink"), (["ink", "ink"], "twice"),
  ])
  func `a name that is not there, or twice, is refused by its field`(
    names: [String], word: String
  ) throws {
    let editor = try both()
    let error = #expect(throws: EditError.self) {
      try editor.edit(self.request(names.map { AdapterChoice(name: $0) }))
    }
    guard case .invalidRequest("adapters", let detail) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(detail.contains(word))
  }

  @Test func `a weight that is no number is refused`() throws {
    let editor = try both()
    #expect(throws: EditError.self) {
      try editor.edit(self.request([AdapterChoice(name: "ink", weight: .nan)]))
    }
    #expect(throws: EditError.self) { try self.both(.infinity) }
  }

  @Test func `two adapters of one name, and a file that is none, are refused`() throws {
    let ink = AdapterSource(name: "ink", path: path("ink"))
    #expect(throws: EditError.self) { try self.editor([ink, ink]) }
    let absent = AdapterSource(name: "absent", path: path("absent"))
    #expect(throws: ModelError.self) { try self.editor([absent]) }
    let model = AdapterSource(
      name: "model",
      path: try Fixture.path("pipeline/model/unet/diffusion_pytorch_model.safetensors"))
    let error = #expect(throws: ModelError.self) { try self.editor([model]) }
    #expect(error?.description.contains("no LoRA tensor") == true)
  }
}
