import CImageCodecs

/// Brings rows as a codec delivers them to interleaved RGB or RGBA of the same depth.
struct StripConverter {
  private enum Rule {
    case none
    case replicateGrey
    case ink
    case managed
  }

  /// Channels as read: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA or CMYK.
  let sourceChannels: Int
  /// 3 or 4.
  let channels: Int
  let sampleBytes: Int
  /// The profile that the converted samples are to be read in; nil means sRGB.
  let profile: ICCProfile?
  let notes: [PictureNote]
  private let rule: Rule
  private let transform: ColourTransform?

  /// - Parameter managesColour: false for masks, whose numbers count and not their colours.
  init(_ header: be_image_header, managesColour: Bool) {
    sourceChannels = Int(header.channels)
    sampleBytes = Int(header.depth) / 8
    let isInk = header.is_cmyk != 0
    let space: ICCProfile.Space = isInk ? .cmyk : header.channels < 3 ? .grey : .rgb
    let hasAlpha = !isInk && header.channels % 2 == 0
    channels = hasAlpha ? 4 : 3
    let source = ColourTransform.Format(
      space: space, hasAlpha: hasAlpha, bits: Int(header.depth))
    let inkNotes: [PictureNote] = isInk ? [.convertedFromCMYK] : []
    let plain: Rule = isInk ? .ink : space == .grey ? .replicateGrey : .none
    let choice =
      if managesColour, let icc = header.icc, header.icc_count > 0 {
        Self.choose(UnsafeBufferPointer(start: icc, count: header.icc_count), source)
      } else {
        Choice(notes: managesColour && header.icc_refused != 0 ? [.profileIgnored] : [])
      }
    rule = choice.transform == nil ? plain : .managed
    transform = choice.transform
    profile = choice.profile
    notes = (managesColour ? inkNotes : []) + choice.notes
  }

  private struct Choice {
    var transform: ColourTransform?
    var profile: ICCProfile?
    var notes: [PictureNote] = []
  }

  /// What becomes of a profile: RGB ones are kept, grey and ink ones are converted from.
  private static func choose(
    _ icc: UnsafeBufferPointer<UInt8>, _ source: ColourTransform.Format
  ) -> Choice {
    guard let found = ICCProfile(Array(icc)) else { return Choice(notes: [.profileIgnored]) }
    // Grey under an RGB profile stays grey in that space, so the profile is kept.
    if found.space == .rgb, source.space != .cmyk, found.isInvertible {
      return Choice(profile: found)
    }
    var target = source
    target.space = .rgb
    guard source.space != .rgb, found.space == source.space,
      let transform = try? ColourTransform(from: found, source, to: nil, target)
    else { return Choice(notes: [.profileIgnored]) }
    return Choice(
      transform: transform, notes: source.space == .grey ? [.convertedFromGreyProfile] : [])
  }

  /// Whether rows need no conversion and can be decoded in place.
  var isIdentity: Bool { rule == .none }
  /// Whether a row as read is one byte of grey a pixel, whose luma is itself.
  var isPlainGrey: Bool { rule == .replicateGrey && sourceChannels == 1 && sampleBytes == 1 }
  var sourcePixelBytes: Int { sourceChannels * sampleBytes }
  var pixelBytes: Int { channels * sampleBytes }

  func convert(
    _ source: UnsafeMutableRawBufferPointer, _ target: UnsafeMutableRawBufferPointer, pixels: Int
  ) {
    switch rule {
    case .none: target.copyMemory(from: UnsafeRawBufferPointer(source))
    case .managed: transform?.run(UnsafeRawBufferPointer(source), target, pixels: pixels)
    case .ink: Self.mixInk(source, target, pixels: pixels)
    case .replicateGrey:
      if sampleBytes == 1 {
        replicate(UInt8.self, source, target, pixels: pixels)
      } else {
        replicate(UInt16.self, source, target, pixels: pixels)
      }
    }
  }

  private func replicate<Sample: BitwiseCopyable>(
    _ type: Sample.Type, _ source: UnsafeMutableRawBufferPointer,
    _ target: UnsafeMutableRawBufferPointer, pixels: Int
  ) {
    let grey = source.bindMemory(to: Sample.self)
    let output = target.bindMemory(to: Sample.self)
    for index in 0..<pixels {
      let value = grey[index * sourceChannels]
      output[index * channels] = value
      output[index * channels + 1] = value
      output[index * channels + 2] = value
      if channels == 4 { output[index * 4 + 3] = grey[index * 2 + 1] }
    }
  }

  /// CMYK without a profile: each colour is (1 - ink)(1 - black), as common viewers show it.
  private static func mixInk(
    _ source: UnsafeMutableRawBufferPointer, _ target: UnsafeMutableRawBufferPointer, pixels: Int
  ) {
    for index in 0..<pixels {
      let light = 255 - Int(source[index * 4 + 3])
      for channel in 0..<3 {
        let product = (255 - Int(source[index * 4 + channel])) * light
        target[index * 3 + channel] = UInt8((product + 127) / 255)
      }
    }
  }
}

extension ICCProfile {
  /// Whether colours can be brought to sRGB and back.
  var isInvertible: Bool {
    let float = ColourTransform.Format(space: .rgb, hasAlpha: false, bits: 32)
    guard (try? ColourTransform(from: self, float, to: nil, float)) != nil else { return false }
    return (try? ColourTransform(from: nil, float, to: self, float)) != nil
  }
}
