package import Imaging

/// Which part of the picture the model sees, and at which size.
package struct CropPlan: Sendable, Equatable {
  /// In pixels of the picture.
  package var region: PixelRect
  /// Model pixels, multiples of the autoencoder's downsampling factor.
  package var modelWidth: Int
  package var modelHeight: Int
}

extension CropPlan {
  /// Plans the crop around a hole.
  ///
  /// The region is as square as the picture allows: a square crop is what editors are trained on.
  /// It is never smaller than half the model's resolution, so that a tiny hole is not drawn far
  /// above its scale, and it always contains the hole.
  /// - Parameters:
  ///   - hole: the hole's bounding box, inside the picture.
  ///   - resolution: model pixels; the crop is scaled to the area of this square.
  ///   - multiple: the autoencoder's downsampling factor.
  package init(
    hole: PixelRect, pictureWidth: Int, pictureHeight: Int, context: Context, resolution: Int,
    multiple: Int
  ) {
    let margin: Double
    switch context {
    case .automatic: margin = 0.5
    case .full: margin = .infinity
    case .fraction(let fraction): margin = fraction
    }
    let longer = Double(max(hole.width, hole.height))
    let wanted = max(longer * (1 + 2 * margin), Double(resolution) / 2)
    let horizontal = Self.span(
      from: hole.x, length: hole.width, wanted: wanted, limit: pictureWidth)
    let vertical = Self.span(
      from: hole.y, length: hole.height, wanted: wanted, limit: pictureHeight)
    region = PixelRect(
      x: horizontal.lowerBound, y: vertical.lowerBound, width: horizontal.count,
      height: vertical.count)
    (modelWidth, modelHeight) = Self.modelSize(
      width: region.width, height: region.height, resolution: resolution, multiple: multiple)
  }

  /// A stretch of `wanted` pixels centred on the hole, pushed inside `0 ..< limit`.
  private static func span(from: Int, length: Int, wanted: Double, limit: Int) -> Range<Int> {
    guard wanted < Double(limit) else { return 0..<limit }
    let size = min(limit, max(length, Int(wanted.rounded())))
    let start = from - (size - length) / 2
    let lower = max(0, min(limit - size, start))
    return lower..<lower + size
  }

  /// The size of the crop's shape whose area is `resolution`², in whole multiples, with an aspect
  /// of at most 1 : 8 (what is longer is squeezed).
  private static func modelSize(
    width: Int, height: Int, resolution: Int, multiple: Int
  ) -> (Int, Int) {
    let aspect = min(8, max(0.125, Double(width) / Double(height))).squareRoot()
    func rounded(_ side: Double) -> Int {
      max(1, Int((side / Double(multiple)).rounded())) * multiple
    }
    return (rounded(Double(resolution) * aspect), rounded(Double(resolution) / aspect))
  }
}
