import Glibc
import Imaging

/// The formulas of the degradations, each of the whole picture.
struct Damage {
  let picture: FloatImage
  let reference: OracleReference
  let strength: Float
  /// The picture's longer side: damage is as large on any size.
  let side: Float

  func pixels(_ kind: Degradation.Kind, _ generator: inout SplitMix) -> [Float] {
    switch kind {
    case .blur: blurred(Int((strength * side / 24).rounded(.up)))
    case .ghosting: ghosted(&generator)
    case .truncation: truncated(&generator)
    case .banding: banded()
    case .cast: tinted(&generator)
    case .seam: shifted(generator.uniform() < 0.5 ? -0.25 : 0.25)
    case .noise: grainy(&generator)
    case .relighting: relit(&generator)
    }
  }

  /// Two averages over a square, which is close to a Gaussian.
  private func blurred(_ radius: Int) -> [Float] {
    let planes = (0..<3).map { channel in
      Plane(
        picture, red: channel == 0 ? 1 : 0, green: channel == 1 ? 1 : 0,
        blue: channel == 2 ? 1 : 0
      ).averaged(radius).averaged(radius)
    }
    return mapped { index, channel, value in
      // Between two radii the strength still tells.
      value + min(1, strength * 4) * (planes[channel].values[index] - value)
    }
  }

  /// Half and half with a copy up to a twelfth of the side away.
  private func ghosted(_ generator: inout SplitMix) -> [Float] {
    let angle = Float(generator.uniform(0..<2 * .pi))
    let distance = max(1, side / 12)
    let (dx, dy) = (Int((distance * cos(angle)).rounded()), Int((distance * sin(angle)).rounded()))
    return mapped { index, channel, value in
      let x = min(max(index % picture.width + dx, 0), picture.width - 1)
      let y = min(max(index / picture.width + dy, 0), picture.height - 1)
      return value + 0.5 * strength * (picture[x, y, channel] - value)
    }
  }

  /// From one side on, a share of the object's extent shows the background.
  private func truncated(_ generator: inout SplitMix) -> [Float] {
    guard let box = reference.subject.boundingBox else { return picture.pixels }
    let from = Int(generator.uniform() * 4)
    let extent = Float(from < 2 ? box.width : box.height) * strength * 0.8
    let flat = (0..<3).map { channel in meanOfBorder(channel) }
    return mapped { index, channel, value in
      let (x, y) = (index % picture.width, index / picture.width)
      let depth = [x - box.x, box.maxX - 1 - x, y - box.y, box.maxY - 1 - y][from]
      guard Float(depth) < extent else { return value }
      return reference.instance == nil ? flat[channel] : reference.background[x, y, channel]
    }
  }

  private func meanOfBorder(_ channel: Int) -> Float {
    var (sum, count): (Float, Float) = (0, 0)
    for (index, coverage) in reference.hole.coverage.enumerated() where coverage == 0 {
      sum += picture.pixels[index * 3 + channel]
      count += 1
    }
    return count > 0 ? sum / count : 0.5
  }

  /// Steps of up to a third of the range.
  private func banded() -> [Float] {
    let step = max(1 / 255, strength / 3)
    return mapped { _, _, value in (value / step).rounded() * step }
  }

  /// Up to a fifth of the range along a chroma direction.
  private func tinted(_ generator: inout SplitMix) -> [Float] {
    let angle = Float(generator.uniform(0..<2 * .pi))
    let (cb, cr) = (0.2 * strength * cos(angle), 0.2 * strength * sin(angle))
    // Rec. 601, luma unchanged.
    let shift = [1.402 * cr, -0.344136 * cb - 0.714136 * cr, 1.772 * cb]
    return mapped { _, channel, value in value + shift[channel] }
  }

  private func shifted(_ most: Float) -> [Float] {
    mapped { _, _, value in value + strength * most }
  }

  /// Deviation up to 0.2; the same on all channels, as a grey grain.
  private func grainy(_ generator: inout SplitMix) -> [Float] {
    // The sum of four uniform numbers is close to normal; its deviation is the root of 1/3.
    let grain = (0..<picture.width * picture.height).map { _ in
      let sum = (0..<4).reduce(0.0) { total, _ in total + generator.uniform() }
      return Float((sum - 2) * 3.0.squareRoot())
    }
    return mapped { index, _, value in value + 0.2 * strength * grain[index] }
  }

  /// Brightness rises to one side and falls to the other by up to 0.4.
  private func relit(_ generator: inout SplitMix) -> [Float] {
    guard let box = reference.subject.boundingBox else { return picture.pixels }
    let angle = Float(generator.uniform(0..<2 * .pi))
    let half = (x: max(1, Float(box.width) / 2), y: max(1, Float(box.height) / 2))
    return mapped { index, _, value in
      let x = (Float(index % picture.width) - Float(box.x) - half.x) / half.x
      let y = (Float(index / picture.width) - Float(box.y) - half.y) / half.y
      let rise = min(1, max(-1, x * cos(angle) + y * sin(angle)))
      return value + 0.4 * strength * rise
    }
  }

  private func mapped(
    _ change: (_ index: Int, _ channel: Int, _ value: Float) -> Float
  ) -> [Float] {
    picture.pixels.indices.map { change($0 / 3, $0 % 3, picture.pixels[$0]) }
  }
}
