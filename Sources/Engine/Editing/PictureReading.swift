package import Imaging

/// Reads the pictures of an edit, for whoever keeps them otherwise than as files in memory.
///
/// What it throws but `ImagingError` is passed on as it is.
package protocol PictureReading: Sendable {
  /// SHA-256 of the picture's file.
  var digest: String { get }

  func picture(limits: ImageLimits) throws -> DecodedPictures.Reading<Picture>

  /// Nothing where the edit has no mask.
  func mask(
    _ options: MaskOptions, width: Int, height: Int, limits: ImageLimits
  ) throws -> DecodedPictures.Reading<MaskReading>?
}
