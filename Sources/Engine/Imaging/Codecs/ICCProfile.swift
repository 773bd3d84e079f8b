import CImageCodecs

/// A colour profile that Little CMS can read, with its length field set right.
package struct ICCProfile: Sendable, Hashable {
  package enum Space: Sendable {
    case grey
    case rgb
    case cmyk
  }

  package let bytes: [UInt8]
  package let space: Space

  /// Nil for bytes that are no usable profile.
  ///
  /// Bytes behind the stated length are cut off; a length that is no multiple of four is padded,
  /// because PNG files may not carry it otherwise (ICC.1:2022, section 7.1.2).
  package init?(_ source: [UInt8]) {
    guard source.count >= 132 else { return nil }
    let stated = source[0..<4].reduce(0) { $0 << 8 | Int($1) }
    guard stated >= 132, stated <= source.count else { return nil }
    var bytes = Array(source[0..<stated])
    if bytes.count % 4 != 0 {
      bytes.append(contentsOf: repeatElement(0, count: 4 - bytes.count % 4))
      for index in 0..<4 { bytes[index] = UInt8(bytes.count >> (24 - 8 * index) & 0xFF) }
      for index in 84..<100 { bytes[index] = 0 }  // the checksum: "not computed"
    }
    switch be_profile_space(bytes, bytes.count) {
    case BE_SPACE_GREY: space = .grey
    case BE_SPACE_RGB: space = .rgb
    case BE_SPACE_CMYK: space = .cmyk
    default: return nil
    }
    self.bytes = bytes
  }
}
