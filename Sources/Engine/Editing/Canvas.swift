import Imaging

/// The picture to edit and its hole, of one size.
struct Canvas {
  let picture: Picture
  /// Binary: 255 = edit.
  let hole: Mask
  let box: PixelRect
  let share: Double
  let rule: String

  /// Decodes the picture and reads its mask, or grows it and takes the new border for the hole.
  init(_ request: EditRequest, limits: ImageLimits) throws(EditError) {
    let picture = try imaging("image") { () throws(ImagingError) in
      try ImageDecoder.decode(request.image, limits: limits)
    }
    if request.task == .outpaint {
      self = try Canvas(expanding: picture, request, limits: limits)
    } else {
      self = try Canvas(masking: picture, request, limits: limits)
    }
  }

  private init(
    masking picture: Picture, _ request: EditRequest, limits: ImageLimits
  ) throws(EditError) {
    guard let bytes = request.mask else {
      throw .invalidRequest(
        field: "mask", detail: "is needed for task \(request.task.rawValue); white is edited")
    }
    let reading = try imaging("mask") { () throws(ImagingError) in
      try MaskReader.read(
        bytes, options: request.maskOptions, width: picture.width, height: picture.height,
        limits: limits)
    }
    self.picture = picture
    (hole, box, share) = (reading.mask, reading.box, reading.share)
    rule = reading.rule.rawValue
  }

  private init(
    expanding picture: Picture, _ request: EditRequest, limits: ImageLimits
  ) throws(EditError) {
    let (canvas, border) = try imaging("expand") { () throws(ImagingError) in
      (
        try picture.expanded(by: request.expansion, limits: limits),
        try Mask.border(
          request.expansion, width: picture.width, height: picture.height, limits: limits)
      )
    }
    guard let box = border.boundingBox else {
      throw .imaging(field: "expand", .emptyMask(.border))
    }
    self.picture = canvas
    hole = border
    self.box = box
    share = border.share
    rule = MaskRule.border.rawValue
  }
}

/// Names the field of the request that an imaging error speaks of.
func imaging<Result>(
  _ field: String, _ work: () throws(ImagingError) -> Result
) throws(EditError) -> Result {
  do throws(ImagingError) {
    return try work()
  } catch {
    throw .imaging(field: field, error)
  }
}
