package import Imaging
import Models
package import Tensors

/// How pictures become the input of a published scorer: resized, cropped to its centre, made RGB and
/// normalised, in the order and with the roundings of the code that the scorer comes with.
package struct JudgePreprocessor: Sendable, Equatable {
  /// The size that a picture is brought to before it is cropped.
  package enum Resize: Sendable, Equatable {
    /// The shorter side gets this length, the other one as much in proportion, rounded down.
    case shortestSide(Int)
    case exact(width: Int, height: Int)
    /// The longer side gets this length, the other one as much in proportion, rounded to even, and
    /// black bars make it square.
    case longestSide(Int)
  }

  package enum Arithmetic: Sendable, Equatable {
    /// Pillow: 8 bits before, between and after the passes.
    case bytes
    /// torch's antialiased `interpolate` on floats, which are not cut to 0...1.
    case floats
  }

  /// How a cut through an odd number of pixels is placed.
  package enum Centring: Sendable, Equatable {
    /// transformers: half of the difference, rounded down.
    case down
    /// torchvision: half of the difference, rounded to even.
    case even
  }

  /// When transparency and grey are done away with.
  package enum Conversion: Sendable, Equatable {
    /// Before anything else: transformers, with white under transparent pixels.
    case first
    /// After the crop, transparent colours as stored: OpenAI's and open_clip's transforms, and
    /// ImageReward's.
    case last
  }

  package var resize: Resize?
  package var filter = ResampleFilter.bicubic
  package var arithmetic = Arithmetic.bytes
  /// Width and height of the crop; none where nil.
  package var crop: CropSize?
  package var centring = Centring.even
  package var conversion = Conversion.last
  /// By channel, of values in 0...1.
  package var mean = PixelStatistics.clip.mean
  package var deviation = PixelStatistics.clip.deviation

  package struct CropSize: Sendable, Equatable {
    package var width: Int
    package var height: Int

    package init(width: Int, height: Int) { (self.width, self.height) = (width, height) }
  }

  package init(resize: Resize?, crop: CropSize? = nil) {
    (self.resize, self.crop) = (resize, crop)
  }

  /// A picture of 1, 3 or 4 channels in 0...1, of any size, to `[1, height, width, 3]`.
  ///
  /// - Throws: `ImagingError` for other channels and for results beyond all memory.
  package func callAsFunction(_ picture: FloatImage) throws(ImagingError) -> Tensor {
    let whole = try ByteImage(picture)
    let start = conversion == .first ? whole.rgb(over: .white) : whole
    let fitted = try fit(start).rgbWithoutAlpha
    var pixels = fitted.pixels
    for index in pixels.indices {
      pixels[index] = (pixels[index] - mean[index % 3]) / deviation[index % 3]
    }
    return Tensor(pixels, shape: [1, fitted.height, fitted.width, 3])
  }

  /// Resized and cropped, or padded.
  private func fit(_ picture: ByteImage) throws(ImagingError) -> FloatImage {
    let size = target(width: picture.width, height: picture.height)
    let frame = frame(size)
    // Only what the crop shows is computed: a picture of one row would be millions of columns wide.
    let window = frame.clipped(width: size.width, height: size.height)
    let resized: FloatImage
    switch arithmetic {
    case .bytes:
      resized = try picture.resized(to: size, window: window, filter: filter).floats
    case .floats:
      try ImageLimits.judged.check(width: size.width, height: size.height)
      resized = try picture.rgb(over: .none).floats
        .resized(width: size.width, height: size.height, filter: filter)
        .part(window)
    }
    return resized.placed(
      x: window.x - frame.x, y: window.y - frame.y, width: frame.width, height: frame.height)
  }

  /// The size of the resized picture.
  func target(width: Int, height: Int) -> (width: Int, height: Int) {
    switch resize {
    case nil: return (width, height)
    case .exact(let width, let height)?: return (width, height)
    case .shortestSide(let side)?:
      // In this order, as both references do: the product is rounded before it is divided.
      return width <= height
        ? (side, Int(Double(side * height) / Double(width)))
        : (Int(Double(side * width) / Double(height)), side)
    case .longestSide(let side)?:
      let scale = Double(side) / Double(max(width, height))
      return (
        max(1, Int((Double(width) * scale).rounded(.toNearestOrEven))),
        max(1, Int((Double(height) * scale).rounded(.toNearestOrEven)))
      )
    }
  }

  /// What is cut out of the resized picture; it may stand out over its edges.
  private func frame(_ size: (width: Int, height: Int)) -> PixelRect {
    if case .longestSide(let side)? = resize {
      // torchvision's padding: the smaller half before.
      return PixelRect(
        x: -((side - size.width) / 2), y: -((side - size.height) / 2), width: side, height: side)
    }
    guard let crop else { return PixelRect(x: 0, y: 0, width: size.width, height: size.height) }
    return PixelRect(
      x: offset(size.width, crop.width), y: offset(size.height, crop.height), width: crop.width,
      height: crop.height)
  }

  private func offset(_ length: Int, _ crop: Int) -> Int {
    switch centring {
    // transformers pads by half of what is missing, rounded up, and torchvision likewise down.
    case .down: length >= crop ? (length - crop) / 2 : -((crop - length + 1) / 2)
    case .even:
      length >= crop
        ? Int((Double(length - crop) / 2).rounded(.toNearestOrEven)) : -((crop - length) / 2)
    }
  }
}

extension ImageLimits {
  /// Of pictures that are resized as floats.
  fileprivate static let judged = ImageLimits(maxPixels: 1 << 26, maxSide: 1 << 20)
}
