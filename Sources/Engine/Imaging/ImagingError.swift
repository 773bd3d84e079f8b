/// What can go wrong with pictures and masks; each description says what to do.
package enum ImagingError: Error, Hashable, Sendable {
  /// Neither PNG nor JPEG; the name of the format where it is recognised.
  case unknownFormat(recognised: String?)
  case tooManyBytes(count: Int, limit: Int)
  case tooManyPixels(width: Int, height: Int, limit: Int)
  case sideTooLong(side: Int, limit: Int)
  case profileTooLarge(count: Int, limit: Int)
  case truncated(ImageFormat)
  case damaged(ImageFormat, reason: String)
  case unsupported(ImageFormat, reason: String)
  case outOfMemory(reason: String)
  case emptyPicture
  case sampleCount(expected: Int, found: Int)
  case outsidePicture(PixelRect, width: Int, height: Int)
  case channelCount(expected: Int, found: Int)
  case sizeMismatch(width: Int, height: Int, expectedWidth: Int, expectedHeight: Int)
  case maskSizeMismatch(width: Int, height: Int, imageWidth: Int, imageHeight: Int)
  case emptyMask(MaskRule)
  case maskWithoutAlpha
  case invalidParameter(name: String, reason: String)
  case notEncoded(ImageFormat, reason: String)
  case profileUnusable
}

extension ImagingError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownFormat(let recognised):
      let what = recognised.map { "the file is \($0)" } ?? "the file is not a picture we know"
      return "\(what); send PNG or JPEG"
    case .tooManyBytes(let count, let limit):
      return "the file has \(count) bytes, \(limit) are allowed; send a smaller file"
    case .tooManyPixels(let width, let height, let limit):
      return "the picture has \(width)x\(height) pixels, \(limit) in all are allowed; scale it down"
    case .sideTooLong(let side, let limit):
      return "a side of the picture is \(side) pixels long, \(limit) are allowed; scale it down"
    case .profileTooLarge(let count, let limit):
      return "the colour profile has \(count) bytes, \(limit) are allowed; convert to sRGB"
    case .truncated(let format):
      return "the \(format.name) file ends early; send the whole file"
    case .damaged(let format, let reason):
      return "the \(format.name) file is damaged (\(reason)); save it again"
    case .unsupported(let format, let reason):
      return "this kind of \(format.name) is not supported (\(reason)); save it as 8-bit PNG"
    case .outOfMemory(let reason):
      return "not enough memory (\(reason)); send a smaller picture"
    default: return geometryDescription
    }
  }

  private var geometryDescription: String {
    switch self {
    case .emptyPicture: return "a picture needs at least one pixel"
    case .sampleCount(let expected, let found):
      return "\(expected) samples are needed for this size, \(found) were given"
    case .outsidePicture(let rect, let width, let height):
      return "the region \(rect) is not inside the picture of \(width)x\(height) pixels"
    case .channelCount(let expected, let found):
      return "\(expected) channels are needed, \(found) were given"
    case .sizeMismatch(let width, let height, let expectedWidth, let expectedHeight):
      return "the size is \(width)x\(height), but \(expectedWidth)x\(expectedHeight) is needed"
    case .maskSizeMismatch(let width, let height, let imageWidth, let imageHeight):
      return "the mask is \(width)x\(height), the picture \(imageWidth)x\(imageHeight) pixels as"
        + " displayed; send a mask of the picture's size"
    default: return maskDescription
    }
  }

  private var maskDescription: String {
    switch self {
    case .emptyMask(.alpha):
      return "the mask selects nothing: no pixel is transparent; make the part to edit transparent"
        + " (alpha 0), or use mask_semantics luma or mask_invert"
    case .emptyMask(.luma):
      return "the mask selects nothing: no pixel is white; paint the part to edit white, or use"
        + " mask_semantics alpha or mask_invert"
    case .emptyMask(.border): return "no border is to be added; expand at least one side"
    case .maskWithoutAlpha:
      return "mask_semantics is alpha, but the mask has no alpha channel; send one, or use luma"
    case .invalidParameter(let name, let reason): return "\(name): \(reason)"
    case .notEncoded(let format, let reason):
      return "the result could not be written as \(format.name) (\(reason)); try the other format"
    case .profileUnusable:
      return "the colour profile cannot be used for conversion; convert the picture to sRGB"
    default: return "the picture cannot be used"
    }
  }
}
