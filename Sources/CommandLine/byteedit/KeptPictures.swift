import API
import Editing
import Imaging
import Jobs
import Workers

/// A job's picture and mask: as they were decoded when they were checked, or else from the store.
struct KeptPictures: PictureReading {
  private let input: EditInput
  private let pictures: DecodedPictures

  init(_ input: EditInput, _ pictures: DecodedPictures) {
    self.input = input
    self.pictures = pictures
  }

  var digest: String { input.image.hash.text }

  func picture(limits: ImageLimits) throws -> DecodedPictures.Reading<Picture> {
    try pictures.picture(digest, for: .edit, limits: limits) { try input.image.bytes() }
  }

  func mask(
    _ options: MaskOptions, width: Int, height: Int, limits: ImageLimits
  ) throws -> DecodedPictures.Reading<MaskReading>? {
    try input.mask.map { mask in
      try pictures.mask(
        mask.hash.text, for: .edit, options: options, width: width, height: height,
        limits: limits
      ) { try mask.bytes() }
    }
  }
}
