import CImageCodecs

/// The chunks gAMA, cHRM and sRGB: carried from input to output, never applied to pixels.
///
/// Source: PNG (third edition), sections 11.3.2.1, 11.3.2.2 and 11.3.2.5.
package struct PNGColour: Sendable, Hashable {
  /// In 1/100000.
  package let gamma: Int32?
  /// White, red, green, blue, each x and y, in 1/100000.
  package let chromaticities: [Int32]?
  /// The rendering intent of an sRGB chunk.
  package let standardIntent: Int32?

  init?(_ header: be_image_header) {
    gamma = header.has_gamma != 0 ? header.gamma : nil
    standardIntent = header.srgb_intent >= 0 ? header.srgb_intent : nil
    chromaticities =
      header.has_chromaticities != 0
      ? withUnsafeBytes(of: header.chromaticities) { Array($0.bindMemory(to: Int32.self)) } : nil
    if gamma == nil && chromaticities == nil && standardIntent == nil { return nil }
  }

  func describe(_ options: inout be_write_options) {
    if let gamma { (options.has_gamma, options.gamma) = (1, gamma) }
    if let standardIntent { options.srgb_intent = standardIntent }
    guard let chromaticities, chromaticities.count == 8 else { return }
    options.has_chromaticities = 1
    withUnsafeMutableBytes(of: &options.chromaticities) { target in
      chromaticities.withUnsafeBytes { target.copyMemory(from: $0) }
    }
  }
}
