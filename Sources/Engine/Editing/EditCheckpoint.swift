import Digests
import Tensors

/// How far an edit has come, in little: with it another process goes on where this one stopped, and
/// everything comes out bit by bit as if nothing had happened.
///
/// What the model answered is kept, not what samplers remember: a sampler that is told the same
/// answers once more stands where it stood, whatever it remembers and draws.
struct EditCheckpoint {
  /// SHA-256 over all that the answers depend on, in hexadecimal digits.
  var fingerprint: String
  /// The model's answers about each candidate so far, `[1, height, width, channels]`.
  var answers: [[Tensor]] = []
}

extension EditCheckpoint {
  private static let magic = Array("BYTEEDIT-STEPS-1".utf8)
  /// Hexadecimal digits of a SHA-256.
  private static let digits = 64
  /// Values of one answer at most: 16 channels for a picture of 8,192 by 8,192 pixels.
  private static let mostValues = 16 << 20
  /// Candidates, and answers about one, at most.
  private static let mostAnswers = 1 << 16

  /// Magic word and fingerprint; height, width, channels, number of candidates and number of answers
  /// about each (32 bits, little-endian as all that follows); the answers' values; SHA-256 of all
  /// that in hexadecimal digits.
  var encoded: [UInt8] {
    let all = answers.flatMap(\.self)
    let shape = all.first?.shape ?? [1, 0, 0, 0]
    var bytes = Self.magic + Array(fingerprint.utf8)
    for number in [shape[1], shape[2], shape[3], answers.count] + answers.map(\.count) {
      withUnsafeBytes(of: UInt32(clamping: number).littleEndian) { bytes += $0 }
    }
    bytes.reserveCapacity(bytes.count + 4 * all.count * shape.count + Self.digits)
    for answer in all {
      answer.withUnsafeBufferPointer { bytes += UnsafeRawBufferPointer($0) }
    }
    return bytes + Array(SHA256.hexadecimal(of: bytes).utf8)
  }

  /// Nothing for bytes that no `encoded` gave, and for those of another edit.
  init?(_ bytes: [UInt8], of fingerprint: String) {
    let head = Self.magic + Array(fingerprint.utf8)
    let body = Array(bytes.dropLast(Self.digits))
    guard fingerprint.utf8.count == Self.digits, body.starts(with: head),
      bytes.suffix(Self.digits).elementsEqual(SHA256.hexadecimal(of: body).utf8)
    else { return nil }
    var reader = CheckpointReader(body.dropFirst(head.count))
    guard let (shape, counts) = Self.layout(&reader),
      reader.rest == 4 * shape.count * counts.reduce(0, +)
    else { return nil }
    self.fingerprint = fingerprint
    answers = counts.map { count in (0..<count).compactMap { _ in reader.tensor(shape) } }
  }

  private static func layout(_ reader: inout CheckpointReader) -> (Shape, [Int])? {
    guard let height = reader.number(upTo: mostValues), let width = reader.number(upTo: mostValues),
      let channels = reader.number(upTo: mostValues),
      let candidates = reader.number(upTo: mostAnswers), height * width <= mostValues,
      height * width * channels <= mostValues, reader.rest >= 4 * candidates
    else { return nil }
    let counts = (0..<candidates).compactMap { _ in reader.number(upTo: mostAnswers) }
    return counts.count == candidates ? ([1, height, width, channels], counts) : nil
  }
}

/// Reads numbers and tensors one after the other.
private struct CheckpointReader {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// Bytes that were not read yet.
  var rest: Int { bytes.endIndex - position }

  /// Nothing at the end, and for a larger number.
  mutating func number(upTo limit: Int) -> Int? {
    guard rest >= 4 else { return nil }
    let number = bytes[position..<position + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
    position += 4
    return number <= limit ? number : nil
  }

  mutating func tensor(_ shape: Shape) -> Tensor? {
    let count = 4 * shape.count
    guard rest >= count else { return nil }
    defer { position += count }
    return Tensor(shape: shape) { values in
      UnsafeMutableRawBufferPointer(values).copyBytes(from: bytes[position..<position + count])
    }
  }
}
