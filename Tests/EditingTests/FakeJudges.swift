import Imaging

@testable import Editing
@testable import Rewards

/// Judges whose scores are plain functions of the pixels: quick, and different for every picture.
enum FakeJudges {
  static func all() throws -> Judges {
    Judges([
      try judge(.aesthetic, .picture(ContrastJudge())),
      try judge(.alignment, .picture(TextJudge())), try judge(.coherence, .pixels(EdgeJudge())),
    ])
  }

  static func only(_ kinds: JudgeKind...) throws -> Judges {
    let all = try all()
    return Judges(kinds.compactMap { all[$0] })
  }

  private static func judge(_ kind: JudgeKind, _ network: Judge.Network) throws -> Judge {
    try Judge(
      kind, identity: JudgeIdentity(name: "fake", hash: "hash of \(kind.rawValue)"),
      network: network,
      standardisation: Standardisation(mean: 0.1, deviation: 0.05, path: "fake"))
  }
}

/// The mean distance from the middle of the scale.
private struct ContrastJudge: PictureJudgeNetwork {
  func reward(of picture: FloatImage, hole: PixelRect?, text: String) throws -> Double {
    picture.pixels.reduce(0.0) { $0 + abs(Double($1) - 0.5) } / Double(picture.pixels.count)
  }
}

/// The mean of red, stretched by the text's length.
private struct TextJudge: PictureJudgeNetwork {
  func reward(of picture: FloatImage, hole: PixelRect?, text: String) throws -> Double {
    let red = stride(from: 0, to: picture.pixels.count, by: 3).map { Double(picture.pixels[$0]) }
    return red.reduce(0, +) / Double(red.count) / Double(max(1, text.count))
  }
}

/// How little a pixel differs from the one to its left, at a size of its own.
private struct EdgeJudge: PixelJudgeNetwork {
  func rewards(of picture: FloatImage) throws -> CoherenceMap {
    let small = try picture.resized(width: 24, height: 24, filter: .bicubic)
    let rewards = (0..<24 * 24).map { index -> Float in
      let (x, y) = (index % 24, index / 24)
      return 0.2 - abs(small[x, y, 1] - small[max(0, x - 1), y, 1])
    }
    return try CoherenceMap(
      rewards: FloatImage(width: 24, height: 24, channels: 1, pixels: rewards))
  }
}
