/// How a mask picture is to be understood.
package struct MaskOptions: Sendable, Hashable {
  package enum Semantics: String, Sendable, CaseIterable {
    /// Alpha if any pixel is transparent, else luma.
    case auto
    /// Transparent = edit.
    case alpha
    /// White = edit.
    case luma
  }

  package enum Shape: String, Sendable, CaseIterable {
    case round
    case square
  }

  package var semantics: Semantics
  package var inverts: Bool
  /// From which value, 0...1, a pixel is edited.
  package var threshold: Float
  /// Pixels by which the hole is grown.
  package var grow: Int
  package var growShape: Shape

  package init(
    semantics: Semantics = .auto, inverts: Bool = false, threshold: Float = 0.5, grow: Int = 0,
    growShape: Shape = .round
  ) {
    self.semantics = semantics
    self.inverts = inverts
    self.threshold = threshold
    self.grow = grow
    self.growShape = growShape
  }

  func check() throws(ImagingError) {
    guard threshold > 0, threshold <= 1 else {
      throw .invalidParameter(name: "mask_threshold", reason: "must be above 0 and at most 1")
    }
    guard grow >= 0, grow <= 65_000 else {
      throw .invalidParameter(name: "mask_grow", reason: "must be 0 to 65000 pixels")
    }
  }
}

/// A mask picture, understood.
package struct MaskReading: Sendable, Hashable {
  /// Binary: 255 = edit, 0 = keep.
  package let mask: Mask
  package let rule: MaskRule
  /// Share of the picture that is edited, above 0, at most 1.
  package let share: Double
  /// The smallest rectangle around the hole.
  package let box: PixelRect
}
