import Foundation
import Imaging
import JudgeFolders
import Models
import TestSupport
import Testing

@testable import Rewards

/// What a judge looks at of an edited picture.
@Suite struct JudgeViewTests {
  private func frame(_ hole: PixelRect?, _ width: Int, _ height: Int) -> PixelRect {
    JudgeView.hole.frames(around: hole, width: width, height: height)[0]
  }

  private func rect(_ x: Int, _ y: Int, _ width: Int, _ height: Int) -> PixelRect {
    PixelRect(x: x, y: y, width: width, height: height)
  }

  @Test func `the square is half as large again as the hole and centred on it`() {
    #expect(frame(rect(40, 50, 40, 20), 128, 128) == rect(30, 30, 60, 60))
    #expect(frame(rect(40, 44, 32, 32), 128, 128) == rect(32, 36, 48, 48))
  }

  @Test func `at a border it is pushed inside`() {
    #expect(frame(rect(0, 100, 40, 28), 128, 128) == rect(0, 68, 60, 60))
    #expect(frame(rect(127, 0, 1, 1), 128, 128) == rect(96, 0, 32, 32))
  }

  @Test func `a hole of one pixel is seen in a quarter of the picture`() {
    #expect(frame(rect(64, 64, 1, 1), 128, 128) == rect(49, 49, 32, 32))
    #expect(frame(rect(0, 0, 1, 1), 1, 1) == rect(0, 0, 1, 1))
  }

  @Test func `a hole that covers all is all`() {
    #expect(frame(rect(0, 0, 128, 96), 128, 96) == rect(0, 0, 128, 96))
    #expect(frame(rect(4, 4, 90, 90), 96, 96) == rect(0, 0, 96, 96))
  }

  @Test func `in a tall picture the frame is as wide as the picture and as tall as it needs`() {
    #expect(frame(rect(10, 100, 30, 80), 45, 360) == rect(0, 80, 45, 120))
    #expect(frame(rect(0, 0, 45, 360), 45, 360) == rect(0, 0, 45, 360))
  }

  @Test func `without a hole, or with the other view, it is the whole picture`() {
    #expect(frame(nil, 128, 96) == rect(0, 0, 128, 96))
    #expect(
      JudgeView.picture.frames(around: rect(40, 50, 4, 2), width: 128, height: 96)
        == [rect(0, 0, 128, 96)])
  }

  @Test func `both is the whole picture, then the square`() {
    let (hole, whole) = (rect(40, 50, 40, 20), rect(0, 0, 128, 96))
    #expect(
      JudgeView.both.frames(around: hole, width: 128, height: 96) == [whole, frame(hole, 128, 96)])
    #expect(JudgeView.both.frames(around: nil, width: 128, height: 96) == [whole, whole])
    for view in JudgeView.allCases {
      #expect(view.frames(around: hole, width: 128, height: 96).count == view.frames)
    }
  }

  @Test func `any frame lies inside, holds the hole, and is square where there is room`() {
    var state: UInt64 = 7
    func draw(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    for _ in 0..<5_000 {
      let (width, height) = (1 + draw(200), 1 + draw(200))
      let (x, y) = (draw(width), draw(height))
      let hole = rect(x, y, 1 + draw(width - x), 1 + draw(height - y))
      let found = frame(hole, width, height)
      #expect(found.isInside(width: width, height: height))
      #expect(found.union(hole) == found, "\(found) leaves out a part of \(hole)")
      #expect(
        found.width == found.height || min(found.width, found.height) == min(width, height),
        "\(found) around \(hole) in \(width)x\(height)")
    }
  }

  // MARK: Pixels

  private func picture(_ width: Int = 40, _ height: Int = 30) throws -> FloatImage {
    let pixels = (0..<width * height * 3).map { index -> Float in
      0.5 + 0.4 * sin(Float(index * index % 977))
    }
    return try FloatImage(width: width, height: height, channels: 3, pixels: pixels)
  }

  /// A plain twin: the frame's pixels one by one.
  private func cut(_ picture: FloatImage, _ frame: PixelRect) throws -> FloatImage {
    var pixels: [Float] = []
    for y in frame.y..<frame.maxY {
      for x in frame.x..<frame.maxX {
        for channel in 0..<3 { pixels.append(picture[x, y, channel]) }
      }
    }
    return try FloatImage(width: frame.width, height: frame.height, channels: 3, pixels: pixels)
  }

  @Test func `the tensor of a hole is that of its square cut out by hand`() throws {
    let (hole, whole) = (
      JudgePixels(side: 16, .clip, view: .hole), JudgePixels(side: 16, .clip)
    )
    let picture = try picture()
    for box in [rect(10, 8, 9, 5), rect(0, 0, 1, 1), rect(30, 20, 10, 10), rect(0, 0, 40, 30)] {
      let cut = try cut(picture, frame(box, 40, 30))
      #expect(try hole.tensor(of: picture, hole: box).values == whole.tensor(of: cut).values)
      #expect(
        try whole.tensor(of: picture, hole: box).values == whole.tensor(of: picture).values)
    }
    #expect(try hole.tensor(of: picture).values == whole.tensor(of: picture).values)
  }

  @Test func `a hole outside the picture is refused`() throws {
    let picture = try picture()
    let pixels = JudgePixels(side: 16, .clip, view: .hole)
    #expect(throws: ImagingError.self) { try pixels.tensor(of: picture, hole: rect(30, 0, 11, 5)) }
    #expect(throws: ImagingError.self) { try pixels.tensor(of: picture, hole: rect(0, 0, 0, 5)) }
  }

  // MARK: Folders

  private func mask(_ box: PixelRect) throws -> Mask {
    try Mask(
      width: 40, height: 30,
      coverage: (0..<1200).map {
        (box.x..<box.maxX).contains($0 % 40) && (box.y..<box.maxY).contains($0 / 40) ? 255 : 0
      })
  }

  /// The folder of a judge with `view` in its configuration.
  private func folder(_ kind: JudgeKind, _ view: String) throws -> ScratchFolder {
    let fixture = try ScratchFolder()
    try JudgeFolders.write(kind, to: fixture.path)
    let path = fixture.path + "/config.json"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try fixture.write("config.json", text.replacing("{\"", with: "{\"view\":\"\(view)\",\""))
    return fixture
  }

  private func raw(_ path: String, _ picture: FloatImage, _ hole: Mask?) throws -> Double {
    let judges = Judges([try Judge(.aesthetic, folder: path)])
    return try #require(try judges.score(picture, hole: hole, prompt: "a tree").scores.aesthetic)
      .raw
  }

  @Test func `a judge of holes sees its square alone, one of pictures everything`() throws {
    let (near, far) = (try folder(.aesthetic, "hole"), try folder(.aesthetic, "picture"))
    let hole = try mask(rect(4, 4, 8, 8))
    let picture = try picture()
    var changed = picture
    // Far from the hole.
    for index in changed.pixels.indices where index / 3 % 40 > 20 { changed.pixels[index] = 0.3 }
    #expect(try raw(near.path, picture, hole) == raw(near.path, changed, hole))
    #expect(try raw(far.path, picture, hole) != raw(far.path, changed, hole))
    #expect(try raw(near.path, picture, hole) != raw(far.path, picture, hole))
    #expect(try raw(near.path, picture, hole) != raw(near.path, picture, mask(rect(30, 9, 8, 8))))
    // Nothing is known of a hole, or nothing was edited.
    for none in [nil, try mask(rect(0, 0, 0, 0))] as [Mask?] {
      #expect(try raw(near.path, picture, none) == raw(far.path, picture, none))
    }
  }

  @Test func `a judge of both gives the mean of what it gives to each`() throws {
    let folders = try ["both", "picture", "hole"].map { try folder(.aesthetic, $0) }
    defer { withExtendedLifetime(folders) {} }
    let picture = try picture()
    for box in [rect(4, 4, 8, 8), rect(30, 9, 8, 8)] {
      let hole = try mask(box)
      let rewards = try folders.map { try raw($0.path, picture, hole) }
      #expect(rewards[1] != rewards[2])
      #expect(abs(rewards[0] - (rewards[1] + rewards[2]) / 2) < 1e-5)
    }
    #expect(try raw(folders[0].path, picture, nil) == raw(folders[1].path, picture, nil))
  }

  @Test func `a folder that says nothing sees the whole picture`() throws {
    let (silent, whole) = (try ScratchFolder(), try folder(.aesthetic, "picture"))
    try JudgeFolders.write(.aesthetic, to: silent.path)
    let (picture, hole) = (try picture(), try mask(rect(4, 4, 8, 8)))
    #expect(try raw(silent.path, picture, hole) == raw(whole.path, picture, hole))
  }

  @Test func `a view that is unknown, or that the coherence judge cannot have, is refused`() throws
  {
    for (kind, view) in [(JudgeKind.aesthetic, "elsewhere"), (.coherence, "hole")] {
      let fixture = try folder(kind, view)
      let error = #expect(throws: RewardError.self) { try Judge(kind, folder: fixture.path) }
      #expect(error?.description.contains("view") == true)
    }
  }
}
