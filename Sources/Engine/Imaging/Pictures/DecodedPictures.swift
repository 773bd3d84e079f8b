import Locks

/// Pictures and masks that were decoded lately, by the SHA-256 of their files: what was decoded to see
/// whether it can be need not be decoded again to be edited.
///
/// Those used longest ago go first where the limit is reached.
package final class DecodedPictures: Sendable {
  /// What a file holds.
  package struct Reading<Content: Sendable>: Sendable {
    package let content: Content
    /// Seconds that decoding took before, and that no edit has counted as its own.
    package let secondsBefore: Double
  }

  /// Who asks: the seconds of a check count as those of the edit that asks first.
  package enum Purpose: Sendable {
    case check
    case edit
  }

  private enum Key: Hashable {
    case picture(String)
    case mask(String, MaskOptions, width: Int, height: Int)
  }

  private struct Entry {
    let content: any Sendable
    /// Bytes of its pixels.
    let size: Int
    /// What decoding took, until an edit counts it.
    var seconds: Double
    var lastUse: UInt64
  }

  private struct State {
    var entries: [Key: Entry] = [:]
    var size = 0
    var uses: UInt64 = 0
  }

  private let limit: Int
  private let state = Lock(State())

  /// - Parameter limit: bytes of pixels that are kept at most; 0 keeps nothing.
  package init(limit: Int) {
    self.limit = limit
  }

  /// The picture of a file; decodes it where it is not kept.
  /// - Parameters:
  ///   - digest: SHA-256 of the file.
  ///   - file: gives the file's bytes; called where they are needed.
  /// - Throws: `ImagingError`, and what `file` throws.
  package func picture(
    _ digest: String, for purpose: Purpose, limits: ImageLimits, file: () throws -> [UInt8]
  ) throws -> Reading<Picture> {
    let key = Key.picture(digest)
    if let kept = kept(Picture.self, key, purpose) {
      try limits.check(width: kept.content.width, height: kept.content.height)
      return kept
    }
    let bytes = try file()
    return try keep(key, purpose, size: \.pixels.count) { () throws(ImagingError) in
      try ImageDecoder.decode(bytes, limits: limits)
    }
  }

  /// A mask as it is understood for a picture of `width` x `height` pixels; reads it where it is not
  /// kept.
  /// - Parameters and errors: as of `picture`.
  package func mask(
    _ digest: String, for purpose: Purpose, options: MaskOptions, width: Int, height: Int,
    limits: ImageLimits, file: () throws -> [UInt8]
  ) throws -> Reading<MaskReading> {
    let key = Key.mask(digest, options, width: width, height: height)
    if let kept = kept(MaskReading.self, key, purpose) {
      try limits.check(width: width, height: height)
      return kept
    }
    let bytes = try file()
    return try keep(key, purpose, size: \.mask.coverage.count) { () throws(ImagingError) in
      try MaskReader.read(bytes, options: options, width: width, height: height, limits: limits)
    }
  }

  /// Bytes of pixels that are kept.
  package var size: Int { state.withLock { $0.size } }

  private func kept<Content: Sendable>(
    _ type: Content.Type, _ key: Key, _ purpose: Purpose
  ) -> Reading<Content>? {
    state.withLock { state in
      guard let entry = state.entries[key], let content = entry.content as? Content else {
        return nil
      }
      state.uses += 1
      state.entries[key]?.lastUse = state.uses
      if purpose == .edit { state.entries[key]?.seconds = 0 }
      return Reading(content: content, secondsBefore: entry.seconds)
    }
  }

  private func keep<Content: Sendable>(
    _ key: Key, _ purpose: Purpose, size: (Content) -> Int,
    decode: () throws(ImagingError) -> Content
  ) throws(ImagingError) -> Reading<Content> {
    let clock = ContinuousClock()
    let start = clock.now
    let content = try decode()
    let (seconds, attoseconds) = (clock.now - start).components
    let size = size(content)
    if size <= limit {
      let spent = purpose == .check ? Double(seconds) + Double(attoseconds) * 1e-18 : 0
      state.withLock { Self.insert(content, size, spent, key, limit, &$0) }
    }
    return Reading(content: content, secondsBefore: 0)
  }

  private static func insert(
    _ content: any Sendable, _ size: Int, _ seconds: Double, _ key: Key, _ limit: Int,
    _ state: inout State
  ) {
    guard state.entries[key] == nil else { return }
    state.uses += 1
    state.entries[key] = Entry(
      content: content, size: size, seconds: seconds, lastUse: state.uses)
    state.size += size
    while state.size > limit,
      let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
    {
      state.entries[oldest.key] = nil
      state.size -= oldest.value.size
    }
  }
}
