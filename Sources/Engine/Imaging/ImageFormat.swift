/// The file formats that are read and written.
package enum ImageFormat: String, Sendable, Hashable, CaseIterable {
  case png
  case jpeg

  package var name: String { self == .png ? "PNG" : "JPEG" }
  package var mediaType: String { "image/\(rawValue)" }

  /// The format by the file's first bytes; throws `unknownFormat` with a name where it is known.
  package static func sniff(_ bytes: UnsafeBufferPointer<UInt8>) throws(ImagingError)
    -> ImageFormat
  {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
    throw .unknownFormat(recognised: otherFormat(bytes))
  }

  private static func otherFormat(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    func has(_ text: String, at offset: Int) -> Bool {
      bytes.dropFirst(offset).starts(with: Array(text.utf8))
    }
    if has("RIFF", at: 0), has("WEBP", at: 8) { return "WebP" }
    if has("GIF8", at: 0) { return "GIF" }
    if has("BM", at: 0) { return "BMP" }
    if has("II*\0", at: 0) || has("MM\0*", at: 0) { return "TIFF" }
    if has("ftyp", at: 4) { return has("avif", at: 8) ? "AVIF" : "HEIF" }
    return nil
  }
}
