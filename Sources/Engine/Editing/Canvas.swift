import Imaging

/// The picture to edit and its hole, of one size.
struct Canvas {
  let picture: Picture
  /// Binary: 255 = edit.
  let hole: Mask
  let box: PixelRect
  let share: Double
  let rule: String

  /// Seconds that reading took before the edit began.
  private(set) var secondsBefore = 0.0

  /// Decodes the picture and reads its mask, or grows it and takes the new border for the hole.
  /// - Throws: `EditError`, and what the request's reader throws.
  init(_ request: EditRequest, limits: ImageLimits) throws {
    let (picture, seconds) = try request.picture(limits)
    if request.task == .outpaint {
      self = try Canvas(expanding: picture, request, limits: limits)
    } else {
      self = try Canvas(masking: picture, request, limits: limits)
    }
    // A check reads both at the same time.
    secondsBefore = max(secondsBefore, seconds)
  }

  private init(masking picture: Picture, _ request: EditRequest, limits: ImageLimits) throws {
    guard let (reading, seconds) = try request.mask(for: picture, limits) else {
      throw EditError.invalidRequest(
        field: "mask", detail: "is needed for task \(request.task.rawValue); white is edited")
    }
    self.picture = picture
    (hole, box, share) = (reading.mask, reading.box, reading.share)
    rule = reading.rule.rawValue
    secondsBefore = seconds
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

extension EditRequest {
  /// The picture, and the seconds that reading it took before.
  fileprivate func picture(_ limits: ImageLimits) throws -> (Picture, seconds: Double) {
    guard let reader else {
      return try imaging("image") { () throws(ImagingError) in
        (try ImageDecoder.decode(image, limits: limits), 0)
      }
    }
    let reading = try naming("image") { try reader.picture(limits: limits) }
    return (reading.content, reading.secondsBefore)
  }

  /// Nothing where there is no mask.
  fileprivate func mask(
    for picture: Picture, _ limits: ImageLimits
  ) throws -> (MaskReading, seconds: Double)? {
    let (width, height) = (picture.width, picture.height)
    guard let reader else {
      return try imaging("mask") { () throws(ImagingError) in
        guard let mask else { return nil }
        return (
          try MaskReader.read(
            mask, options: maskOptions, width: width, height: height, limits: limits), 0
        )
      }
    }
    return try naming("mask") {
      try reader.mask(maskOptions, width: width, height: height, limits: limits)
        .map { ($0.content, $0.secondsBefore) }
    }
  }
}

/// The same as `imaging` for work that may fail otherwise, too.
private func naming<Result>(_ field: String, _ work: () throws -> Result) throws -> Result {
  do {
    return try work()
  } catch let error as ImagingError {
    throw EditError.imaging(field: field, error)
  }
}
