import CImageCodecs

/// A prepared conversion between two colour spaces; nil as a profile means sRGB.
///
/// Relative colorimetric with black point compensation, by Little CMS.
final class ColourTransform {
  /// How one pixel is stored: samples of 8, 16 or 32 bits (float, 0...1), then maybe alpha.
  struct Format {
    var space: ICCProfile.Space
    var hasAlpha: Bool
    var bits: Int

    var code: be_pixel_format {
      let space =
        switch space {
        case .grey: BE_SPACE_GREY
        case .rgb: BE_SPACE_RGB
        case .cmyk: BE_SPACE_CMYK
        }
      return be_pixel_format(space: space, has_alpha: hasAlpha ? 1 : 0, bits: Int32(bits))
    }
  }

  private let handle: OpaquePointer

  /// Throws `profileUnusable` where a profile has no conversion in the needed direction.
  init(
    from: ICCProfile?, _ fromFormat: Format, to: ICCProfile?, _ toFormat: Format
  ) throws(ImagingError) {
    let opened = Self.withBytes(from) { source in
      Self.withBytes(to) { target in
        be_transform_open(
          source.baseAddress, source.count, fromFormat.code, target.baseAddress, target.count,
          toFormat.code)
      }
    }
    guard let opened else { throw .profileUnusable }
    handle = opened
  }

  deinit { be_transform_close(handle) }

  /// Converts `pixels` pixels; safe on several threads.
  ///
  /// Both buffers must be large enough.
  func run(
    _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer, pixels: Int
  ) {
    guard let source = input.baseAddress, let target = output.baseAddress, pixels > 0 else {
      return
    }
    be_transform_run(handle, source, target, pixels)
  }

  private static func withBytes<Result>(
    _ profile: ICCProfile?, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    guard let profile else { return body(UnsafeBufferPointer(start: nil, count: 0)) }
    return profile.bytes.withUnsafeBufferPointer(body)
  }
}
