import Imaging
import TestSupport
import Testing

@testable import Datasets

struct PhotographTests {
  /// Red grows to the right, green downwards.
  static func folder(_ names: [String]) throws -> ScratchFolder {
    let folder = try ScratchFolder()
    var samples: [UInt8] = []
    for y in 0..<60 { for x in 0..<80 { samples += [UInt8(x * 3), UInt8(y * 4), 90] } }
    let bytes = try ImageEncoder.png(Picture(width: 80, height: 60, channels: 3, samples: samples))
    for name in names { try folder.write(name, bytes) }
    return folder
  }

  @Test func `crops lie inside and half of them are mirrored`() throws {
    let folder = try Self.folder(["a.png", "b.PNG"])
    try folder.write("notes.txt", "no picture".utf8)
    let photographs = try PhotographFolder(folder: folder.path)
    #expect(photographs.names == ["a.png", "b.PNG"])
    var random = SplitMix(seed: 1)
    var mirrored = 0
    for _ in 0..<200 {
      let crop = photographs.crop(of: 0, &random)
      #expect(crop.x >= 0 && crop.x + crop.side <= 80 && crop.y >= 0 && crop.y + crop.side <= 60)
      #expect(crop.side >= 20)
      mirrored += crop.isMirrored ? 1 : 0
    }
    #expect((70...130).contains(mirrored))
    let plain = PhotographCrop(photograph: 0, x: 10, y: 5, side: 40, isMirrored: false)
    let drawn = try photographs.draw(plain, side: 40)
    #expect(abs(drawn[3, 7].x - 39 / 255) < 0.01 && abs(drawn[3, 7].y - 48 / 255) < 0.01)
    let turned = try photographs.draw(
      PhotographCrop(photograph: 0, x: 10, y: 5, side: 40, isMirrored: true), side: 40)
    #expect(turned[36, 7] == drawn[3, 7])
  }

  @Test func `three backgrounds in ten are photographs, and their cluster is the file`() throws {
    let folder = try Self.folder((0..<12).map { "p\($0).png" })
    let photographs = try PhotographFolder(folder: folder.path)
    let generator = try SceneGenerator(side: 32, photographs: photographs)
    let plans = (0..<2000).map { generator.plan(at: $0) }
    let share = Double(plans.count { $0.backdrop.kind == .photograph }) / 2000
    #expect(abs(share - 0.3) < 0.04)
    let flat = Double(plans.count { [.leaves, .tiles].contains($0.backdrop.kind) }) / 2000
    #expect(abs(flat - 0.15) < 0.03)
    let used = Set(plans.compactMap(\.backdrop.crop?.photograph).map { photographs.names[$0] })
    #expect(used.allSatisfy { DatasetSplit.training.takes(photograph: $0) })
    let index = try #require(plans.firstIndex { $0.backdrop.kind == .photograph })
    let example = try generator.example(at: index)
    #expect(example.clusters.photograph.map { used.contains($0) } == true)
    #expect(example.attributes.scene == .photograph)
  }

  @Test func `a folder without pictures, or a broken one, is refused by name`() throws {
    let empty = try ScratchFolder()
    #expect(throws: DatasetError.emptyFolder(path: empty.path, kind: "PNG or JPEG files")) {
      try PhotographFolder(folder: empty.path)
    }
    try empty.write("broken.jpg", [1, 2, 3])
    let error = try #require(throws: DatasetError.self) { try PhotographFolder(folder: empty.path) }
    #expect(error.description.contains("broken.jpg"))
  }
}
