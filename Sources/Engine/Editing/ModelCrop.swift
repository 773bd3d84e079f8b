import Compute
import Imaging
import Tensors

/// What the model is given of the picture, at the model's size.
struct ModelCrop {
  let plan: CropPlan
  /// sRGB in 0...1, `[modelHeight, modelWidth, 3]`.
  let picture: FloatImage
  /// The same with its hole filled, as it is encoded.
  let conditioning: FloatImage
  /// Binary: 255 = edit.
  let hole: Mask
  /// 0 or 1, `[modelHeight / f, modelWidth / f, 1]`.
  let latentMask: FloatImage

  init(
    _ canvas: Canvas, plan: CropPlan, holeFill: HoleFill, reduction: MaskReduction, factor: Int
  ) throws(ImagingError) {
    self.plan = plan
    let size = (width: plan.modelWidth, height: plan.modelHeight)
    hole = try canvas.hole.region(plan.region).resizedCovering(
      width: size.width, height: size.height)
    latentMask =
      switch reduction {
      case .max: try hole.latentByMaximum(factor: factor)
      case .nearest:
        try hole.latentByNearest(width: size.width / factor, height: size.height / factor)
      }
    picture = try canvas.picture.crop(plan)
    conditioning =
      switch holeFill {
      case .grey: picture.filled(where: hole, with: 0.5)
      case .pushPull where plan.shrinks: try picture.pushPulled(into: hole)
      case .pushPull: try Self.enlarged(canvas, plan)
      }
  }

  /// The region with its hole filled before it is enlarged.
  ///
  /// Shrinking averages areas, which brings nothing of the hole into pixels that count as known;
  /// interpolation would, so the hole is closed first.
  private static func enlarged(
    _ canvas: Canvas, _ plan: CropPlan
  ) throws(ImagingError) -> FloatImage {
    let region = try canvas.picture.region(plan.region, background: 0.5, parallel: onTeam)
    return try region.pushPulled(into: try canvas.hole.region(plan.region))
      .resized(
        width: plan.modelWidth, height: plan.modelHeight, filter: .bicubic, parallel: onTeam)
  }
}

extension CropPlan {
  /// Whether the model sees the region no larger than it is.
  var shrinks: Bool { region.width >= modelWidth && region.height >= modelHeight }
}

extension Picture {
  /// The region as the model sees it: sRGB in 0...1, `[modelHeight, modelWidth, 3]`.
  func crop(_ plan: CropPlan) throws(ImagingError) -> FloatImage {
    try region(
      plan.region, size: (plan.modelWidth, plan.modelHeight),
      filter: plan.shrinks ? .box : .bicubic, background: 0.5, parallel: onTeam)
  }
}

/// Imaging's loops on the current team of threads.
func onTeam(_ count: Int, _ body: (Int) -> Void) {
  ThreadTeam.current.forEach(count, body)
}

extension FloatImage {
  /// This picture with a constant where the mask says edit.
  func filled(where hole: Mask, with value: Float) -> FloatImage {
    var filled = self
    for index in hole.coverage.indices where hole.coverage[index] != 0 {
      for channel in 0..<channels { filled.pixels[index * channels + channel] = value }
    }
    return filled
  }

  /// As a tensor `[1, height, width, channels]`, mapped by x * scale + offset.
  func tensor(scale: Float = 1, offset: Float = 0) -> Tensor {
    Tensor(pixels, shape: [1, height, width, channels]).affine(scale, offset)
  }
}
