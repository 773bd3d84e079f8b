import Imaging
import Testing

@testable import Editing

/// What cannot be edited is refused with a typed error that names the field, before any drawing.
@Suite struct EditRefusalTests {
  private let hole = Hole(width: 20, height: 16, boxes: [(4, 4, 6, 6)])

  private func refusal(_ change: (inout EditRequest) -> Void) throws -> EditError? {
    var request = Fixture.request(image: Scene.png(width: 20, height: 16), mask: hole.png)
    change(&request)
    var steps = 0
    let error = #expect(throws: EditError.self) {
      try Fixture.editor().edit(request) { event in
        if case .step = event { steps += 1 }
      }
    }
    #expect(steps == 0)
    return error
  }

  @Test func `an empty mask is refused`() throws {
    let error = try refusal { $0.mask = Hole(width: 20, height: 16).png }
    guard case .imaging("mask", .emptyMask(.luma)) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `a full mask, inverted, is empty`() throws {
    let error = try refusal {
      $0.mask = Hole(width: 20, height: 16, all: true).png
      $0.maskOptions.inverts = true
    }
    guard case .imaging("mask", .emptyMask(.luma)) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `a mask of another size is refused with both sizes`() throws {
    let error = try refusal { $0.mask = Hole(width: 16, height: 20, all: true).png }
    #expect(error?.description.contains("16x20") == true)
    #expect(error?.description.contains("20x16") == true)
  }

  @Test func `a sampler that the model's schedule rules out is refused by its field`() throws {
    var request = Fixture.request(image: Scene.png(width: 20, height: 16), mask: hole.png)
    request.sampler = .pndm
    let editor = Editor(model: try Fixture.embeddedModel(), build: "test")
    let error = #expect(throws: EditError.self) { try editor.edit(request) }
    guard case .invalidRequest("sampler", _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `an outpainting of nothing is refused`() throws {
    let error = try refusal { $0.task = .outpaint }
    guard case .imaging("expand", .emptyMask(.border)) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: [-1, 65_501, Int.max])
  func `impossible borders are refused`(_ side: Int) throws {
    let error = try refusal {
      $0.task = .outpaint
      $0.expansion = Expansion(left: side, right: 1)
    }
    #expect(error?.description.hasPrefix("expand: ") == true)
  }

  @Test(arguments: [EditTask.inpaint, .erase])
  func `a missing mask is refused`(_ task: EditTask) throws {
    let error = try refusal {
      $0.mask = nil
      $0.task = task
    }
    #expect(error?.description.hasPrefix("mask: ") == true)
  }

  @Test(arguments: [0, 1, 20, 100])
  func `damaged bytes are refused by field`(_ kept: Int) throws {
    let image = try refusal { $0.image = Array($0.image.prefix(kept)) }
    #expect(image?.description.hasPrefix("image: ") == true)
    let mask = try refusal { $0.mask = $0.mask.map { Array($0.prefix(kept)) } }
    #expect(mask?.description.hasPrefix("mask: ") == true)
  }

  private static let impossible: [(field: String, change: @Sendable (inout EditRequest) -> Void)] =
    [
      ("steps", { $0.steps = 0 }), ("steps", { $0.steps = -3 }),
      ("resolution", { $0.resolution = 15 }), ("resolution", { $0.resolution = 4097 }),
      ("n", { $0.count = 0 }), ("n", { $0.count = 11 }),
      ("strength", { $0.strength = 0 }), ("strength", { $0.strength = 1.01 }),
      ("strength", { $0.strength = .nan }), ("strength", { $0.strength = 0.4 }),
      ("guidance_scale", { $0.guidanceScale = .nan }),
      ("guidance_scale", { $0.guidanceScale = .infinity }),
      ("guidance_scale", { $0.guidanceScale = -1 }),
      ("guidance_rescale", { $0.guidanceRescale = 2 }),
      ("context", { $0.context = .fraction(.nan) }),
      ("context", { $0.context = .fraction(-1) }),
      ("mask_feather", { $0.feather = -1 }), ("quality", { $0.output.quality = 0 }),
      ("mask: mask_grow", { $0.maskOptions.grow = -1 }),
      ("mask: mask_threshold", { $0.maskOptions.threshold = 0 }),
    ]

  @Test(arguments: impossible.indices)
  func `an impossible setting is refused by its name`(_ index: Int) throws {
    let (field, change) = Self.impossible[index]
    let error = try refusal(change)
    #expect(error?.description.hasPrefix("\(field): ") == true, "\(String(describing: error))")
  }

  @Test func `more steps than the schedule has are refused`() throws {
    var request = Fixture.request(image: Scene.png(width: 20, height: 16), mask: hole.png)
    request.steps = 100_000
    #expect(throws: (any Error).self) { try Fixture.editor().edit(request) }
  }
}
