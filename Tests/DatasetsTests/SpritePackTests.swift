import Imaging
import TestSupport
import Testing

@testable import Datasets

struct SpritePackTests {
  /// A red disc, half transparent at its border.
  static func disc(channels: Int = 4, alpha: UInt8 = 255) throws -> [UInt8] {
    var samples: [UInt8] = []
    for y in 0..<24 {
      for x in 0..<24 {
        let distance = (x - 12) * (x - 12) + (y - 12) * (y - 12)
        samples += [220, 20, 30]
        if channels == 4 { samples.append(distance < 64 ? alpha : distance < 81 ? alpha / 2 : 0) }
      }
    }
    return try ImageEncoder.png(
      Picture(width: 24, height: 24, channels: channels, samples: samples))
  }

  static func folder(_ manifest: String, picture: [UInt8]? = nil) throws -> ScratchFolder {
    let folder = try ScratchFolder()
    try folder.write("manifest.json", manifest.utf8)
    try folder.write("disc.png", picture ?? disc())
    return folder
  }

  static let manifest =
    #"{"sprites": [{"file": "disc.png", "name": "disc", "synonyms": ["plate"], "place": "ground"}]}"#

  @Test func `a pack is read, cut to what is seen, and drawn`() throws {
    let folder = try Self.folder(Self.manifest)
    let pack = try SpritePack(folder: folder.path)
    #expect(pack.sprites.map(\.name) == ["disc"] && pack.sprites[0].synonyms == ["plate"])
    #expect(pack.sprites[0].pixels.width == 17 && pack.sprites[0].pixels.height == 17)
    let generator = try SceneGenerator(side: 48, sprites: pack, tasks: [(.object, 1)])
    let examples = try (0..<80).map { try generator.example(at: $0) }
    let drawn = examples.filter { $0.clusters.object == "disc" }
    #expect(drawn.count > 15)
    #expect(drawn.allSatisfy { $0.instance?.count ?? 0 > 20 && $0.attributes.colour == nil })
    let words = Set(drawn.compactMap(\.attributes.noun))
    #expect(words == ["disc", "plate"])
    #expect(drawn.allSatisfy { $0.caption.contains($0.attributes.noun ?? "-") })
  }

  @Test(arguments: [
    ("{}", "sprites"), ("[", "JSON"), (#"{"sprites": [{"name": "disc"}]}"#, "file"),
    (
      #"{"sprites": [{"file": "disc.png", "name": "disc", "place": "moon"}]}"#,
      "ground, sky or water"
    ),
    (#"{"sprites": [{"file": "../disc.png", "name": "disc"}]}"#, "same folder"),
    (#"{"sprites": [{"file": "disc.png", "name": ""}]}"#, "empty"),
    (#"{"sprites": [{"file": "other.png", "name": "disc"}]}"#, "other.png"),
    (#"{"sprites": []}"#, "no sprites"),
  ])
  func `a wrong manifest is refused and the fault named`(manifest: String, words: String) throws {
    let folder = try Self.folder(manifest)
    let error = try #require(throws: DatasetError.self) { try SpritePack(folder: folder.path) }
    #expect(error.description.contains(words), "\(error.description)")
    #expect(error.description.contains(folder.path))
  }

  @Test func `a picture without transparency, or of nothing, is refused`() throws {
    for (picture, words) in [
      (try Self.disc(channels: 3), "alpha"), (try Self.disc(alpha: 0), "transparent"),
    ] {
      let folder = try Self.folder(Self.manifest, picture: picture)
      let error = try #require(throws: DatasetError.self) { try SpritePack(folder: folder.path) }
      #expect(error.description.contains(words))
    }
    #expect(throws: DatasetError.self) { try SpritePack(folder: "/nowhere") }
  }
}
