import Imaging
import TestSupport
import Testing

@testable import Datasets

@Suite struct CaptionedDataTests {
  static func png(_ grey: UInt8, width: Int = 4, height: Int = 3) throws -> [UInt8] {
    try ImageEncoder.png(
      Picture(
        width: width, height: height, channels: 3,
        samples: [UInt8](repeating: grey, count: width * height * 3)))
  }

  @Test(arguments: ["gnu", "pax"])
  func `an archive gives pictures, captions and masks by key`(_ name: String) throws {
    let data = try TarDataset(paths: [Golden.path("\(name).tar"), Golden.path("ustar.tar")])
    #expect(data.count == 5)
    let captions = try (0..<5).map { try data.example(at: $0).caption }
    #expect(
      captions == [
        "a red apple", "ein Haus am See – groß", "a beetle", "a red apple",
        "ein Haus am See – groß",
      ])
    #expect(try data.example(at: 0).mask == nil)
    let second = try data.example(at: 1)
    #expect(second.key == "train/0002" && second.picture.width == 12)
    #expect(try #require(second.mask).share > 0.2)
    #expect(try data.example(at: 2).key.hasSuffix("/käfer"))
    #expect(throws: DatasetError.outOfRange(index: 5, count: 5)) { try data.example(at: 5) }
    #expect(throws: DatasetError.outOfRange(index: -1, count: 5)) { try data.example(at: -1) }
  }

  private func shard(_ members: [(String, [UInt8])], _ folder: ScratchFolder) throws -> String {
    try folder.write(
      "shard.tar", members.flatMap { TarBuilder.member($0.0, $0.1) } + TarBuilder.end)
  }

  @Test func `a bad member is named, and the others can be read`() throws {
    let folder = try ScratchFolder()
    let path = try shard(
      [
        ("a.png", Self.png(1)), ("a.txt", Array("one".utf8)), ("b.png", [1, 2, 3]),
        ("b.txt", Array("two".utf8)), ("c.png", Self.png(3)), ("c.json", Array("{\"x\": 1}".utf8)),
        ("d.png", Self.png(4)), ("d.mask.png", Self.png(255, width: 2)), ("d.txt", [0xFF, 0xFE]),
      ], folder)
    let data = try TarDataset(paths: [path])
    #expect(try data.example(at: 0).caption == "one")
    let expected = [(1, "b.png", "picture"), (2, "c.json", "caption"), (3, "d.txt", "UTF-8")]
    for (index, member, word) in expected {
      let error = try failure { () throws(DatasetError) in try data.example(at: index) }
      guard case .member(path, member, let reason) = error else {
        Issue.record("\(error)")
        continue
      }
      #expect(reason.contains(word), "\(reason)")
    }
  }

  @Test func `a picture without caption and a part that comes twice are refused`() throws {
    let folder = try ScratchFolder()
    let bare = try shard([("a.png", Self.png(1))], folder)
    #expect(
      throws: DatasetError.member(
        path: bare, member: "a.png", reason: "has no caption; add a.txt or a.json")
    ) { try TarDataset(paths: [bare]) }
    let twice = try shard(
      [("a.png", Self.png(1)), ("a.jpg", Self.png(1)), ("a.txt", [65])], folder)
    #expect(
      throws: DatasetError.member(
        path: twice, member: "a.jpg", reason: "'a' has this part twice")
    ) { try TarDataset(paths: [twice]) }
    #expect(throws: DatasetError.self) { try TarDataset(paths: [folder.path + "/none.tar"]) }
  }

  @Test func `folders are read in all three layouts`() throws {
    let folder = try ScratchFolder()
    try folder.write("b.png", Self.png(2))
    try folder.write("a.png", Self.png(1))
    try folder.write("a.mask.png", Self.png(255))
    try folder.write("a.txt", " first \n")
    try folder.write("b.txt", "second")
    let plain = try CaptionedFolder(path: folder.path)
    #expect(try (0..<2).map { try plain.example(at: $0).caption } == ["first", "second"])
    #expect(try plain.example(at: 0).mask?.share == 1)
    #expect(try plain.example(at: 1).mask == nil)

    try folder.write("captions.json", #"{"b": {"caption": "kohya b"}, "a.png": "kohya a"}"#)
    let object = try CaptionedFolder(path: folder.path)
    #expect(try (0..<2).map { try object.example(at: $0).caption } == ["kohya a", "kohya b"])

    try folder.write(
      "metadata.jsonl",
      "{\"file_name\": \"b.png\", \"text\": \"lines b\"}\r\n\n{\"file_name\":\"a.png\",\"text\":\"\"}"
    )
    let lines = try CaptionedFolder(path: folder.path)
    #expect(lines.count == 2)
    #expect(try (0..<2).map { try lines.example(at: $0).caption } == ["lines b", ""])
  }

  @Test func `faults of a folder name file, line and what to do`() throws {
    let folder = try ScratchFolder()
    try folder.write("a.png", Self.png(1))
    func fault() throws -> String {
      try failure { () throws(DatasetError) in try CaptionedFolder(path: folder.path) }.description
    }
    #expect(try fault().contains("add a.txt"))
    try folder.write("captions.json", #"{"missing": "x"}"#)
    #expect(try fault().contains("missing: there is no such picture"))
    try folder.write("captions.json", #"{"../a": "x"}"#)
    #expect(try fault().contains("leads out of the folder"))
    try folder.write("captions.json", "[1, 2")
    #expect(try fault().contains("must be a JSON object"))
    try folder.write("metadata.jsonl", "{\"file_name\": \"a.png\", \"text\": \"x\"}\n{\"a\": 1}\n")
    #expect(try fault().contains("line 2"))
    try folder.write("metadata.jsonl", "{\"file_name\": \"/etc/passwd\", \"text\": \"x\"}\n")
    #expect(try fault().contains("leads out"))
    try folder.write("metadata.jsonl", [0xFF, 0x0A])
    #expect(try fault().contains("UTF-8"))
  }

  @Test func `a picture that is gone or too large is named when it is asked for`() throws {
    let folder = try ScratchFolder()
    try folder.write("metadata.jsonl", "{\"file_name\": \"gone.png\", \"text\": \"x\"}\n")
    let data = try CaptionedFolder(path: folder.path)
    let error = try failure { () throws(DatasetError) in try data.example(at: 0) }
    #expect(error.description.contains("gone.png"))
    try folder.write("gone.png", Self.png(1))
    let strict = try CaptionedFolder(path: folder.path, limits: ImageLimits(maxBytes: 10))
    #expect(throws: DatasetError.self) { try strict.example(at: 0) }
  }
}
