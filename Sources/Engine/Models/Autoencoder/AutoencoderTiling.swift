import Tensors

/// How an autoencoder saves memory on large pictures: its high levels are computed in strips, with
/// normalisations over the whole picture all the same, so that the result is that of one piece.
///
/// Why not tiles that are blended: docs/decisions/0009-autoencoder-tiling.md.
package struct AutoencoderTiling: Sendable, Equatable {
  /// Rows of a feature map that are computed at once, 8 or more; levels of up to four times as many
  /// rows stay in one piece.
  package let rowsPerStrip: Int

  /// - Parameter rowsPerStrip: fewer save more memory, but each strip computes some of its
  ///   neighbours' rows as well.
  package init(rowsPerStrip: Int = 32) {
    self.rowsPerStrip = max(8, rowsPerStrip)
  }
}

/// A feature map of one sample of which any rows can be asked for; what is computed is computed
/// anew each time, so that the whole need not exist.
struct StripedMap {
  let height: Int
  let width: Int
  /// Rows that are asked for at once, where the whole is walked through.
  var rowsPerStrip: Int
  /// Gives these rows, `[1, rows, width, channels]`.
  let rows: (Range<Int>) -> Tensor
  /// Whether asking costs nothing.
  let isStored: Bool

  private init(
    height: Int, width: Int, rowsPerStrip: Int, isStored: Bool,
    rows: @escaping (Range<Int>) -> Tensor
  ) {
    self.height = height
    self.width = width
    self.rowsPerStrip = rowsPerStrip
    self.isStored = isStored
    self.rows = rows
  }

  /// A map in memory, `[1, height, width, channels]`.
  init(_ tensor: Tensor) {
    self.init(
      height: tensor.shape[1], width: tensor.shape[2], rowsPerStrip: tensor.shape[1],
      isStored: true
    ) { tensor.slice($0, axis: 1) }
  }

  /// The rows of a map in memory that is about to be overwritten.
  fileprivate init(_ stored: OverwrittenMap, rowsPerStrip: Int) {
    self.init(
      height: stored.tensor.shape[1], width: stored.tensor.shape[2], rowsPerStrip: rowsPerStrip,
      isStored: true
    ) { stored.tensor.slice($0, axis: 1) }
  }

  /// A map made from this one.
  func derived(
    height: Int? = nil, width: Int? = nil, rows: @escaping (Range<Int>) -> Tensor
  ) -> StripedMap {
    StripedMap(
      height: height ?? self.height, width: width ?? self.width, rowsPerStrip: rowsPerStrip,
      isStored: false, rows: rows)
  }

  /// Whether it is so small that nothing is gained by strips.
  var isSmall: Bool { height <= 4 * rowsPerStrip }

  /// The whole in one piece.
  func whole() -> Tensor { rows(0..<height) }

  private var strips: [Range<Int>] {
    stride(from: 0, to: height, by: rowsPerStrip).map { $0..<min($0 + rowsPerStrip, height) }
  }

  /// Asks for every row once, in their order.
  func forEachStrip(_ body: (Range<Int>, Tensor) -> Void) {
    for strip in strips { body(strip, rows(strip)) }
  }

  /// The whole, computed strip by strip.
  func stored() -> Tensor {
    guard let first = strips.first else { return whole() }
    let top = rows(first)
    return Tensor(shape: [1, height, width, top.shape[3]]) { target in
      guard let out = target.baseAddress else { return }
      let row = width * top.shape[3]
      top.withPointer { out.update(from: $0, count: top.count) }
      for strip in strips.dropFirst() {
        let part = rows(strip)
        part.withPointer { (out + strip.lowerBound * row).update(from: $0, count: part.count) }
      }
    }
  }
}

/// A map in memory whose rows are replaced while later ones are still needed.
private final class OverwrittenMap {
  private(set) var tensor: Tensor

  init(_ tensor: Tensor) { self.tensor = tensor }

  func write(_ rows: Range<Int>, _ part: Tensor) {
    let row = tensor.count / tensor.shape[1]
    tensor.withUnsafeMutableBufferPointer { target in
      guard let out = target.baseAddress else { return }
      part.withPointer { (out + rows.lowerBound * row).update(from: $0, count: part.count) }
    }
  }
}

extension Tensor {
  /// Replaces this map `[1, height, width, channels]` by one of its shape that is made from it.
  ///
  /// It stays in its own memory if nobody else holds it. A strip is written when the next one is
  /// done, so what is made may see as many rows beyond a strip as a strip has.
  mutating func overwrite(
    rowsPerStrip: Int, by make: (StripedMap) -> StripedMap
  ) {
    let stored = OverwrittenMap(self)
    self = Tensor(0)
    var waiting: (rows: Range<Int>, part: Tensor)?
    make(StripedMap(stored, rowsPerStrip: rowsPerStrip)).forEachStrip { rows, part in
      if let waiting { stored.write(waiting.rows, waiting.part) }
      waiting = (rows, part)
    }
    if let waiting { stored.write(waiting.rows, waiting.part) }
    self = stored.tensor
  }
}
