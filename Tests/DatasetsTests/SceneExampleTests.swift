import Imaging
import Testing

@testable import Datasets

struct SceneExampleTests {
  static let examples = SceneCaptionTests.examples

  @Test func `background and picture differ in the hole alone, bit for bit`() {
    var differing = 0
    for example in Self.examples {
      var inside = 0
      for pixel in 0..<48 * 48 {
        let range = pixel * 3..<pixel * 3 + 3
        let isSame = example.clean.pixels[range] == example.picture.pixels[range]
        if example.mask.coverage[pixel] == 0 { #expect(isSame) }
        if !isSame { inside += 1 }
      }
      if example.instance != nil {
        #expect(inside > 20, "an added object is seen: \(example.caption)")
        differing += 1
      }
    }
    #expect(differing > 100)
  }

  @Test func `the hole holds the object, and its silhouette is the coverage that was drawn`() throws
  {
    for example in Self.examples {
      guard let instance = example.instance, let plan = example.plan, let main = plan.main else {
        continue
      }
      #expect(instance.count > 12)
      let stage = try Stage(plan.backdrop, plan.generator)
      let drawing = SceneRenderer(generator: plan.generator).drawing(main, stage)
      #expect(drawing.layer.coverage(width: 48, height: 48) == instance.coverage)
      for pixel in instance.coverage.indices where instance.coverage[pixel] > 2 {
        #expect(example.mask.coverage[pixel] == 255)
      }
    }
  }

  @Test func `holes are 0 or 255 and never empty`() {
    for example in Self.examples {
      #expect(Set(example.mask.coverage).isSubset(of: [0, 255]))
      #expect(example.mask.count > 0)
    }
  }

  @Test func `pixels are the 256 levels of a file`() {
    for example in Self.examples.prefix(40) {
      #expect(
        example.picture.pixels.allSatisfy {
          $0 == Float(Int($0 * 255 + 0.5)) / 255 && $0 >= 0 && $0 <= 1
        })
    }
  }

  @Test func `tasks come as often as their shares say`() throws {
    let generator = try SceneGenerator(side: 32)
    var counts: [EditTask: Int] = [:]
    for index in 0..<4000 { counts[generator.plan(at: index).task, default: 0] += 1 }
    for (task, percent) in EditTask.shares {
      let share = Double(counts[task] ?? 0) / 40
      #expect(abs(share - percent) < 2.5, "\(task): \(share)%")
    }
  }

  @Test func `an outpainting keeps at least nine hundredths of the picture, and loses a side`() {
    for example in Self.examples where example.task == .outpaint {
      #expect(example.mask.share >= 0.14 && example.mask.share <= 0.91)
      let corners = [0, 47, 47 * 48, 48 * 48 - 1].filter { example.mask.coverage[$0] == 255 }
      #expect(corners.count >= 2)
    }
  }

  @Test func `a twin shows the same pair under the same hole with the task exchanged`() throws {
    let example = try #require(Self.examples.first { $0.task == .object })
    let twin = try #require(example.twin)
    #expect(twin.task == .erase && twin.mask == example.mask && twin.target == example.clean)
    #expect(twin.twin?.caption == example.caption)
    let border = try #require(Self.examples.first { $0.task == .outpaint })
    #expect(border.twin == nil && border.clean == border.picture)
  }

  @Test func `numbers out of range and impossible sizes are refused`() {
    #expect(throws: DatasetError.self) { try SceneGenerator(side: 31) }
    #expect(throws: DatasetError.self) { try SceneGenerator(side: 2000) }
    #expect(throws: DatasetError.self) { try SceneGenerator(tasks: []) }
    #expect(throws: DatasetError.self) { try SceneGenerator(side: 32).example(at: -1) }
  }
}
