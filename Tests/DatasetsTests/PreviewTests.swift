import Imaging
import Testing

@testable import Datasets

struct PreviewTests {
  @Test(arguments: [PreviewKind.scenes, .objects, .masks, .twins, .variants])
  func `every kind draws a sheet with a caption a picture`(kind: PreviewKind) throws {
    let preview = try Preview(kind, of: SceneGenerator(side: 32), count: 4)
    #expect(preview.cells.count == preview.captions.count && preview.cells.count >= 4)
    #expect(preview.cells.count % preview.group == 0)
    let sheet = try ContactSheet(cells: preview.cells, columns: 6).picture()
    let columns = min(6, preview.cells.count)
    #expect(sheet.width == columns * 36 + 4)
    #expect(sheet.height == (preview.cells.count + columns - 1) / columns * 36 + 4)
  }

  @Test func `a cell of the sheet is the picture`() throws {
    let preview = try Preview(.scenes, of: SceneGenerator(side: 32), count: 3)
    let sheet = try ContactSheet(cells: preview.cells, columns: 2).picture()
    let third = try sheet.region(PixelRect(x: 4, y: 40, width: 32, height: 32))
    #expect(
      third.pixels.indices.allSatisfy { abs(third.pixels[$0] - preview.cells[2].pixels[$0]) < 1e-6 }
    )
  }

  @Test func `without a pack there is nothing to show of it`() throws {
    let generator = try SceneGenerator(side: 32)
    #expect(throws: DatasetError.self) { try Preview(.sprites, of: generator, count: 1) }
    #expect(throws: ImagingError.self) { try ContactSheet(cells: [], columns: 3).picture() }
  }
}
