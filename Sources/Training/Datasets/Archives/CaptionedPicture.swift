package import Imaging

/// A picture with what it shows in words, as real data come.
package struct CaptionedPicture: Sendable {
  /// Its name in the collection, without ending.
  package let key: String
  package let picture: Picture
  package let caption: String
  /// Of the picture's size, 255 = edit; nothing where the collection has none.
  package let mask: Mask?
}

/// The parts of one picture, before they are decoded.
struct CaptionedParts {
  let path: String
  let key: String
  /// Name and bytes.
  let picture: (name: String, bytes: [UInt8])
  let caption: String
  let mask: (name: String, bytes: [UInt8])?

  /// Decodes picture and mask; what fails is named.
  func decoded(limits: ImageLimits) throws(DatasetError) -> CaptionedPicture {
    let image = try naming(picture.name) { () throws(ImagingError) in
      try ImageDecoder.decode(picture.bytes, limits: limits)
    }
    var hole: Mask?
    if let mask {
      hole = try naming(mask.name) { () throws(ImagingError) in
        try MaskReader.read(
          mask.bytes, width: image.width, height: image.height, limits: limits
        ).mask
      }
    }
    return CaptionedPicture(key: key, picture: image, caption: caption, mask: hole)
  }

  private func naming<Result>(
    _ name: String, _ work: () throws(ImagingError) -> Result
  ) throws(DatasetError) -> Result {
    do throws(ImagingError) { return try work() } catch {
      throw .member(path: path, member: name, reason: error.description)
    }
  }
}
