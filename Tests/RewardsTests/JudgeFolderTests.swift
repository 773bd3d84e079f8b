import Compute
import Foundation
import Imaging
import JudgeFolders
import TestSupport
import Testing

@testable import Rewards

/// Folders of judges, with random weights that are written by the test.
@Suite struct JudgeFolderTests {
  private func picture(_ seed: Int = 0) throws -> FloatImage {
    let pixels = (0..<40 * 30 * 3).map { index -> Float in
      let (x, y) = (index / 3 % 40, index / 120)
      return 0.5 + 0.4 * sin(Float(x * (index % 3 + 1) + seed * 7) / 5 + Float(y) / 3)
    }
    return try FloatImage(width: 40, height: 30, channels: 3, pixels: pixels)
  }

  private func hole() throws -> Mask {
    try Mask(
      width: 40, height: 30,
      coverage: (0..<1200).map { (10..<25).contains($0 % 40) && $0 / 40 > 12 ? 255 : 0 })
  }

  @Test func `three folders are three judges, each with its hash`() throws {
    let fixture = try ScratchFolder()
    try JudgeFolders.write(to: fixture.path)
    let judges = try Judges(JudgeSources(folder: fixture.path))
    #expect(judges.all.map(\.kind) == JudgeKind.allCases)
    #expect(judges.all.map(\.identity.name) == ["blip_reward", "blip_reward", "coherence"])
    #expect(Set(judges.all.map(\.identity.hash)).count == 3)
    #expect(judges.all.allSatisfy { $0.identity.hash.count == 64 })
    let (scores, map) = try judges.score(try picture(), hole: try hole(), prompt: "a red apple")
    for kind in JudgeKind.allCases { #expect(scores[kind]?.raw.isFinite == true) }
    #expect(map?.width == 40 && map?.height == 30)
  }

  @Test func `a judge's text, picture and hole each change its score`() throws {
    let fixture = try ScratchFolder()
    try JudgeFolders.write(to: fixture.path)
    let judges = try Judges(JudgeSources(folder: fixture.path))
    let base = try judges.score(picture(), hole: hole(), prompt: "a red apple").scores
    let text = try judges.score(picture(), hole: hole(), prompt: "a green tree").scores
    #expect(text.alignment != base.alignment && text.coherence == base.coherence)
    let other = try judges.score(picture(1), hole: hole(), prompt: "a red apple").scores
    #expect(other.aesthetic != base.aesthetic && other.alignment != base.alignment)
    let whole = try judges.score(picture(), prompt: "a red apple").scores
    #expect(whole.coherence != base.coherence && whole.aesthetic == base.aesthetic)
  }

  @Test func `scores are the same bits on one, two and three threads`() throws {
    let fixture = try ScratchFolder()
    try JudgeFolders.write(to: fixture.path)
    let judges = try Judges(JudgeSources(folder: fixture.path))
    let expected = try judges.score(picture(), hole: hole(), prompt: "a red apple")
    for threads in 1...3 {
      let found = try ThreadTeam.$current.withValue(ThreadTeam(threads: threads)) {
        try judges.score(picture(), hole: hole(), prompt: "a red apple")
      }
      #expect(found.scores == expected.scores && found.map == expected.map, "\(threads) threads")
    }
  }

  @Test func `a judge is off, missing or replaced by itself`() throws {
    let (fixture, other) = (try ScratchFolder(), try ScratchFolder())
    try JudgeFolders.write(to: fixture.path)
    try JudgeFolders.write(.coherence, to: other.path + "/mine", seed: 9)
    var sources = JudgeSources(folder: fixture.path)
    let first = try Judges(sources)
    sources.aesthetic = .init("off")
    sources.coherence = .init(other.path + "/mine")
    try FileManager.default.removeItem(atPath: fixture.path + "/alignment")
    let judges = try Judges(sources)
    #expect(judges.all.map(\.kind) == [.coherence])
    #expect(judges[.coherence]?.identity.hash != first[.coherence]?.identity.hash)
    #expect(try Judges(JudgeSources()).isEmpty)
    sources.alignment = .init(fixture.path + "/alignment")
    #expect(throws: RewardError.self) { try Judges(sources) }
  }

  @Test func `any changed file is another hash`() throws {
    let fixture = try ScratchFolder()
    try JudgeFolders.write(.alignment, to: fixture.path)
    var hashes = [try JudgeFolder(path: fixture.path).hash()]
    for name in JudgeFolder.files {
      let file = URL(fileURLWithPath: "\(fixture.path)/\(name)")
      try (Data(contentsOf: file) + Data(" ".utf8)).write(to: file)
      hashes.append(try JudgeFolder(path: fixture.path).hash())
    }
    #expect(Set(hashes).count == 5)
    try fixture.write("notes.txt", "not read")
    #expect(try JudgeFolder(path: fixture.path).hash() == hashes.last)
  }

  @Test func `a folder that cannot be used is refused by its path`() throws {
    func refusal(_ kind: JudgeKind, _ change: (ScratchFolder) throws -> Void) throws -> String {
      let fixture = try ScratchFolder()
      try JudgeFolders.write(kind, to: fixture.path)
      try change(fixture)
      let error = #expect(throws: RewardError.self) { try Judge(kind, folder: fixture.path) }
      #expect(error?.description.contains(fixture.path) == true)
      return error?.description ?? ""
    }
    func remove(_ name: String) -> (ScratchFolder) throws -> Void {
      { try FileManager.default.removeItem(atPath: "\($0.path)/\(name)") }
    }
    func edit(_ old: String, _ new: String) -> (ScratchFolder) throws -> Void {
      { fixture in
        let path = fixture.path + "/config.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains(old))
        try fixture.write("config.json", text.replacing(old, with: new))
      }
    }
    _ = try refusal(.alignment, remove("config.json"))
    _ = try refusal(.alignment, remove("model.safetensors"))
    _ = try refusal(.alignment, remove("vocab.txt"))
    #expect(
      try refusal(.coherence, edit(#""coherence""#, #""oracle""#)).contains("supported are"))
    _ = try refusal(.coherence, edit(#""vision_width":32"#, #""vision_width":64"#))
    _ = try refusal(.aesthetic) { try $0.write("calibration.json", "{}") }
    _ = try refusal(.aesthetic, edit(#""reward_std":"#, #""reward_std":-"#))
  }

  @Test func `a folder without calibration takes the normal distribution`() throws {
    let fixture = try ScratchFolder()
    try JudgeFolders.write(.aesthetic, to: fixture.path)
    #expect(try Judge(.aesthetic, folder: fixture.path).calibration != .normal)
    try FileManager.default.removeItem(atPath: fixture.path + "/calibration.json")
    #expect(try Judge(.aesthetic, folder: fixture.path).calibration == .normal)
  }

  private static let wanted = ProcessInfo.processInfo.environment["BYTEEDIT_WRITE_JUDGES"]

  @Test(.enabled(if: wanted != nil)) func `judges are written where they are wanted`() throws {
    let size = ProcessInfo.processInfo.environment["BYTEEDIT_WRITE_JUDGES_SIZE"] ?? "embedded"
    try JudgeFolders.write(
      to: try #require(Self.wanted), size: try #require(JudgeFolders.Size(rawValue: size)))
  }
}
