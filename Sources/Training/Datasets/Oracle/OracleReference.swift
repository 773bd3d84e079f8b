package import Imaging

/// What was asked of an edit, as the renderer knows it: every candidate is measured against this.
package struct OracleReference: Sendable {
  /// What the hole would show without any object, RGB in 0...1.
  package let background: FloatImage
  /// What the hole should show: the object in the scene's light for an inpainting, the background
  /// itself for the other tasks.
  package let target: FloatImage
  /// The object's own pixels; nothing where none was asked for.
  package let instance: Mask?
  /// What was edited.
  package let hole: Mask

  /// Throws unless all are of one size and the hole is not empty.
  package init(
    background: FloatImage, target: FloatImage, instance: Mask?, hole: Mask
  ) throws(DatasetError) {
    do throws(ImagingError) {
      for image in [background, target] {
        guard image.channels == 3 else { throw .channelCount(expected: 3, found: image.channels) }
        try hole.check(width: image.width, height: image.height)
      }
      try instance?.check(width: hole.width, height: hole.height)
    } catch {
      throw .invalidSetting(name: "oracle reference", reason: error.description)
    }
    guard hole.count > 0 else {
      throw .invalidSetting(name: "oracle reference", reason: "the hole is empty")
    }
    (self.background, self.target, self.hole) = (background, target, hole)
    // Of an object only what the editor had to draw counts.
    self.instance = Self.part(of: instance, in: hole)
  }

  /// The object's pixels inside the hole, binary; nil where there are none.
  private static func part(of instance: Mask?, in hole: Mask) -> Mask? {
    guard let instance else { return nil }
    let coverage = zip(instance.coverage, hole.coverage).map { (object, edited) -> UInt8 in
      object >= 128 && edited != 0 ? 255 : 0
    }
    let mask = try? Mask(width: hole.width, height: hole.height, coverage: coverage)
    return mask.flatMap { $0.count > 0 ? $0 : nil }
  }

  /// Where object and fill are judged: the object's pixels, or the whole hole without one.
  var subject: Mask { instance ?? hole }
}
