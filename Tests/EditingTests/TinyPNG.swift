/// Writes PNG files of every colour type, uncompressed, as input for tests (PNG, third edition).
struct TinyPNG {
  enum Kind: UInt8, CaseIterable {
    case grey = 0
    case rgb = 2
    case palette = 3
    case greyAlpha = 4
    case rgba = 6

    var channels: Int { [.grey: 1, .rgb: 3, .palette: 1, .greyAlpha: 2, .rgba: 4][self] ?? 1 }
  }

  var width: Int
  var height: Int
  var kind: Kind
  /// 8 or 16; a palette has 8.
  var depth = 8
  /// `[height, width, channels]`, high byte first where the depth is 16.
  var samples: [UInt8]
  /// 256 colours of a palette, `[256, 3]`.
  var palette: [UInt8] = []

  var bytes: [UInt8] {
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let header = Self.word(width) + Self.word(height) + [UInt8(depth), kind.rawValue, 0, 0, 0]
    file += Self.chunk("IHDR", header)
    if kind == .palette { file += Self.chunk("PLTE", palette) }
    return file + Self.chunk("IDAT", zlib) + Self.chunk("IEND", [])
  }

  /// Rows with filter 0, in stored blocks (RFC 1950 and 1951).
  private var zlib: [UInt8] {
    let row = width * kind.channels * depth / 8
    var raw: [UInt8] = []
    for y in 0..<height { raw += [0] + samples[y * row..<(y + 1) * row] }
    var stream: [UInt8] = [0x78, 0x01]
    for start in stride(from: 0, to: raw.count, by: 65_535) {
      let block = raw[start..<min(raw.count, start + 65_535)]
      let (low, high) = (UInt8(block.count & 0xFF), UInt8(block.count >> 8))
      stream += [block.endIndex == raw.count ? 1 : 0, low, high, ~low, ~high] + block
    }
    var (a, b) = (1, 0)
    for byte in raw { (a, b) = ((a + Int(byte)) % 65_521, (b + a + Int(byte)) % 65_521) }
    return stream + Self.word(b << 16 | a)
  }

  private static func word(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    return word(data.count) + body + word(Int(checksum(body)))
  }

  private static let table = (0..<256).map { (index: UInt32) -> UInt32 in
    (0..<8).reduce(index) { value, _ in
      value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1
    }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ ($0 >> 8) }
  }

  /// The chunks of a PNG file: type and data.
  static func chunks(_ file: [UInt8]) -> [(type: String, data: [UInt8])] {
    var chunks: [(type: String, data: [UInt8])] = []
    var position = 8
    while position + 8 <= file.count {
      let count = file[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      let data = position + 8
      chunks.append(
        (
          String(decoding: file[position + 4..<data], as: UTF8.self),
          Array(file[data..<min(file.count, data + count)])
        ))
      position = data + count + 4
    }
    return chunks
  }
}

/// Numbers by SplitMix64: the same on every machine.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func integer(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
  mutating func byte(_ range: ClosedRange<UInt8> = 0...255) -> UInt8 {
    UInt8.random(in: range, using: &self)
  }
  /// True once in `odds` times.
  mutating func oneIn(_ odds: Int) -> Bool { integer(1...odds) == 1 }
}
