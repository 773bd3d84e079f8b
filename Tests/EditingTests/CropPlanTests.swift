import Imaging
import Testing

@testable import Editing

/// The crop's geometry; no pictures, no model.
@Suite struct CropPlanTests {
  private func plan(
    _ hole: PixelRect, _ width: Int, _ height: Int, _ context: Context = .automatic,
    resolution: Int = 512, multiple: Int = 8
  ) -> CropPlan {
    CropPlan(
      hole: hole, pictureWidth: width, pictureHeight: height, context: context,
      resolution: resolution, multiple: multiple)
  }

  private func check(
    _ plan: CropPlan, hole: PixelRect, _ width: Int, _ height: Int, resolution: Int,
    multiple: Int, _ comment: Comment
  ) {
    let region = plan.region
    #expect(region.isInside(width: width, height: height), comment)
    #expect(region.x <= hole.x && region.y <= hole.y, comment)
    #expect(region.maxX >= hole.maxX && region.maxY >= hole.maxY, comment)
    #expect(plan.modelWidth % multiple == 0 && plan.modelHeight % multiple == 0, comment)
    #expect(plan.modelWidth >= multiple && plan.modelHeight >= multiple, comment)
    // The area is that of the square, but for the rounding of both sides.
    let slack = Double(multiple) * 2 * (Double(resolution) * 3)
    let area = Double(plan.modelWidth * plan.modelHeight)
    #expect(abs(area - Double(resolution * resolution)) <= slack, comment)
    #expect(max(plan.modelWidth, plan.modelHeight) <= 3 * resolution + multiple, comment)
  }

  @Test func `random holes lie in their region, regions in their picture`() {
    var generator = SeededGenerator(11)
    for round in 0..<20_000 {
      let longest = [1, 3, 40, 700, 12_000, 65_500][round % 6]
      let (width, height) = (generator.integer(1...longest), generator.integer(1...longest))
      let (w, h) = (generator.integer(1...width), generator.integer(1...height))
      let hole = PixelRect(
        x: generator.integer(0...width - w), y: generator.integer(0...height - h), width: w,
        height: h)
      let context: Context =
        [.automatic, .full, .fraction(Double.random(in: 0...16, using: &generator))][round % 3]
      let resolution = [16, 64, 128, 500, 512, 1024, 4096][round % 7]
      let multiple = [1, 4, 8, 16][round % 4]
      let plan = plan(hole, width, height, context, resolution: resolution, multiple: multiple)
      check(
        plan, hole: hole, width, height, resolution: resolution, multiple: multiple,
        "round \(round): \(hole) of \(width)x\(height) gives \(plan)")
    }
  }

  @Test func `corners and borders push the region inwards, not together`() {
    for (x, y) in [(0, 0), (990, 0), (0, 990), (990, 990), (500, 0), (0, 500)] {
      let plan = plan(PixelRect(x: x, y: y, width: 10, height: 10), 1000, 1000)
      #expect(plan.region.width == 256 && plan.region.height == 256)
      #expect((plan.modelWidth, plan.modelHeight) == (512, 512))
    }
  }

  @Test func `a hole in the middle sits in the middle`() {
    let plan = plan(PixelRect(x: 900, y: 400, width: 200, height: 200), 2000, 1000)
    #expect(plan.region == PixelRect(x: 800, y: 300, width: 400, height: 400))
  }

  @Test func `a picture of one pixel is its own region`() {
    for context in [Context.automatic, .full, .fraction(0), .fraction(16)] {
      let plan = plan(PixelRect(x: 0, y: 0, width: 1, height: 1), 1, 1, context)
      #expect(plan.region == PixelRect(x: 0, y: 0, width: 1, height: 1))
      #expect((plan.modelWidth, plan.modelHeight) == (512, 512))
    }
  }

  @Test func `a small hole of a hundred megapixels is seen at its own scale`() {
    let hole = PixelRect(x: 6000, y: 6000, width: 300, height: 200)
    let automatic = plan(hole, 12_500, 8_000)
    #expect(automatic.region.width == 600 && automatic.region.height == 600)
    let full = plan(hole, 12_500, 8_000, .full)
    #expect(full.region == PixelRect(x: 0, y: 0, width: 12_500, height: 8_000))
    #expect((full.modelWidth, full.modelHeight) == (640, 408))
  }

  @Test func `extreme shapes are squeezed to one to eight`() {
    let flat = plan(PixelRect(x: 0, y: 0, width: 60_000, height: 1), 60_000, 1)
    #expect(flat.region == PixelRect(x: 0, y: 0, width: 60_000, height: 1))
    #expect((flat.modelWidth, flat.modelHeight) == (1448, 184))
    let tall = plan(PixelRect(x: 0, y: 5, width: 1, height: 9), 1, 60_000)
    #expect(tall.region.height == 256 && tall.region.width == 1)
    #expect((tall.modelWidth, tall.modelHeight) == (184, 1448))
  }

  @Test func `the margin is a fraction of the longer side`() {
    let hole = PixelRect(x: 2000, y: 2000, width: 800, height: 100)
    let none = plan(hole, 5000, 5000, .fraction(0))
    #expect(none.region == PixelRect(x: 2000, y: 1650, width: 800, height: 800))
    #expect(plan(hole, 5000, 5000, .fraction(1)).region.width == 2400)
    #expect(plan(hole, 5000, 5000, .fraction(16)).region.width == 5000)
  }

  @Test(arguments: ["auto", "full", "0", "0.5", "16"])
  func `contexts are read`(_ text: String) { #expect(Context(text) != nil) }

  @Test(arguments: ["", "Auto", "-1", "16.1", "nan", "inf", "half", "0,5"])
  func `what is no context is refused`(_ text: String) { #expect(Context(text) == nil) }
}
