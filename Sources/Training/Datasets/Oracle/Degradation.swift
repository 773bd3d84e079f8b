package import Imaging

/// Damage of a known kind and strength, for pairs whose order is certain.
///
/// Only the hole is touched; the same kind, strength and seed give the same picture.
package struct Degradation: Sendable, Hashable, Codable {
  package enum Kind: String, Sendable, CaseIterable, Codable {
    /// Detail is averaged away.
    case blur
    /// A second, shifted copy shows through.
    case ghosting
    /// A part of the object is missing; of a hole without an object, a part is flat.
    case truncation
    /// Brightness comes in few steps.
    case banding
    /// All colours lean to one.
    case cast
    /// The fill is brighter or darker than its surroundings, so that the border shows.
    case seam
    /// Grain on every pixel.
    case noise
    /// The light comes from another side.
    case relighting
  }

  package var kind: Kind
  /// 0 = nothing, 1 = as strong as it gets.
  package var strength: Double
  package var seed: UInt64

  package init(_ kind: Kind, strength: Double, seed: UInt64) throws(DatasetError) {
    guard (0...1).contains(strength) else {
      throw .invalidSetting(name: "strength", reason: "must be 0 to 1")
    }
    (self.kind, self.strength, self.seed) = (kind, strength, seed)
  }

  /// The picture with its hole damaged, `[height, width, 3]`, clipped to 0...1.
  ///
  /// Throws where the picture is not of the reference's size.
  package func applied(
    to picture: FloatImage, _ reference: OracleReference
  ) throws(DatasetError) -> FloatImage {
    let hole = reference.hole
    guard picture.width == hole.width, picture.height == hole.height, picture.channels == 3 else {
      throw .invalidSetting(
        name: "picture", reason: "must be \(hole.width)x\(hole.height) with 3 channels")
    }
    guard strength > 0 else { return picture }
    let damage = Damage(
      picture: picture, reference: reference, strength: Float(strength),
      side: Float(max(hole.width, hole.height)))
    var generator = SplitMix(seed: seed)
    let damaged = damage.pixels(kind, &generator)
    var result = picture
    for (index, coverage) in hole.coverage.enumerated() where coverage != 0 {
      for channel in index * 3..<index * 3 + 3 {
        result.pixels[channel] = min(1, max(0, damaged[channel]))
      }
    }
    return result
  }
}
