/// Opacity, with the roundings of Pillow (libImaging/Convert.c and AlphaComposite.c).
extension ByteImage {
  /// What becomes of transparent pixels where a picture is made RGB.
  package enum Backdrop: Sendable, Hashable {
    /// White lies under them, as transformers 5 does.
    case white
    /// Their colours are taken as stored: Pillow's `convert("RGB")`.
    case none
  }

  /// Three channels: grey repeated, transparent pixels over a backdrop.
  package func rgb(over backdrop: Backdrop) -> ByteImage {
    guard channels != 3 else { return self }
    var result: [UInt8] = []
    result.reserveCapacity(width * height * 3)
    for start in stride(from: 0, to: samples.count, by: channels) {
      for channel in 0..<3 {
        let sample = samples[channels == 1 ? start : start + channel]
        let isCovered = channels == 4 && backdrop == .white
        result.append(isCovered ? Self.overWhite(sample, alpha: samples[start + 3]) : sample)
      }
    }
    return ByteImage(unchecked: result, width: width, height: height, channels: 3)
  }

  /// `alpha_composite` on opaque white, with its seven bits of extra precision.
  private static func overWhite(_ sample: UInt8, alpha: UInt8) -> UInt8 {
    guard alpha > 0 else { return 255 }
    let share = UInt32(alpha) << 7
    let sum = UInt32(sample) * share + 255 * ((255 << 7) - share) + (0x80 << 7)
    return UInt8(truncatingIfNeeded: ((sum >> 8) + sum) >> 15)
  }

  /// Colours times opacity; for four channels.
  var premultiplied: ByteImage {
    mapColours { sample, alpha in
      let product = UInt32(sample) * UInt32(alpha) + 128
      return UInt8(truncatingIfNeeded: ((product >> 8) + product) >> 8)
    }
  }

  /// The reverse, rounded down and cut off at 255; what is wholly transparent stays.
  var dividedByAlpha: ByteImage {
    mapColours { sample, alpha in
      alpha == 0 ? sample : UInt8(clamping: 255 * UInt32(sample) / UInt32(alpha))
    }
  }

  private func mapColours(_ change: (UInt8, UInt8) -> UInt8) -> ByteImage {
    var result = samples
    for start in stride(from: 0, to: samples.count - 3, by: 4) where samples[start + 3] < 255 {
      for channel in start..<start + 3 {
        result[channel] = change(samples[channel], samples[start + 3])
      }
    }
    return ByteImage(unchecked: result, width: width, height: height, channels: channels)
  }
}
