/// Exact Euclidean distances to the nearest seed pixel, row by row.
///
/// Column distances first, then the lower envelope of parabolas along each row; time O(pixels),
/// memory 2 bytes a pixel. Source: Felzenszwalb and Huttenlocher, "Distance transforms of sampled
/// functions" (2012); Meijster et al. (2000).
struct DistanceRows {
  private let width: Int
  private let height: Int
  /// `[height, width]`: distance to the nearest seed in the same column; `none` without any.
  private let vertical: [UInt16]
  private static let none = UInt16.max

  /// - Parameters:
  ///   - rect: the part of `coverage` that is looked at.
  ///   - isSeed: of a coverage byte.
  init(_ mask: Mask, _ rect: PixelRect, isSeed: (UInt8) -> Bool) {
    let (width, height) = (rect.width, rect.height)
    self.width = width
    self.height = height
    var vertical = [UInt16](repeating: Self.none, count: width * height)
    vertical.withUnsafeMutableBufferPointer { distance in
      mask.coverage.withUnsafeBufferPointer { coverage in
        for y in 0..<height {
          let row = (rect.y + y) * mask.width + rect.x
          for x in 0..<width {
            let above = y > 0 ? distance[(y - 1) * width + x] : Self.none
            distance[y * width + x] = isSeed(coverage[row + x]) ? 0 : Self.next(above)
          }
        }
      }
      for y in stride(from: height - 2, through: 0, by: -1) {
        for x in y * width..<(y + 1) * width {
          distance[x] = min(distance[x], Self.next(distance[x + width]))
        }
      }
    }
    self.vertical = vertical
  }

  /// One more, but `none` stays `none`.
  private static func next(_ distance: UInt16) -> UInt16 {
    distance >= none - 1 ? distance : distance + 1
  }

  /// Calls `body` for every row with the squared distances of its pixels, `Int.max` without seeds.
  func forEachRow(_ body: (_ y: Int, _ squared: UnsafeBufferPointer<Int>) -> Void) {
    var squared = [Int](repeating: Int.max, count: width)
    var envelope = Envelope(width: width)
    for y in 0..<height {
      vertical.withUnsafeBufferPointer { vertical in
        squared.withUnsafeMutableBufferPointer { squared in
          let row = UnsafeBufferPointer(rebasing: vertical[y * width..<(y + 1) * width])
          envelope.measure(row, none: Self.none, into: squared)
        }
      }
      squared.withUnsafeBufferPointer { body(y, $0) }
    }
  }
}

/// The parabolas that are lowest somewhere in a row.
private struct Envelope {
  private var apexes: [Int]
  /// From which column on each one is the lowest.
  private var starts: [Int]

  init(width: Int) {
    apexes = [Int](repeating: 0, count: width)
    starts = apexes
  }

  mutating func measure(
    _ row: UnsafeBufferPointer<UInt16>, none: UInt16, into squared: UnsafeMutableBufferPointer<Int>
  ) {
    var last = -1
    for x in row.indices where row[x] != none {
      var start = 0
      while last >= 0 {
        start = Self.takeover(row, from: apexes[last], to: x)
        if start > starts[last] { break }
        last -= 1
      }
      if last < 0 { start = 0 }
      guard start < row.count else { continue }
      last += 1
      (apexes[last], starts[last]) = (x, start)
    }
    guard last >= 0 else { return squared.update(repeating: Int.max) }
    for x in stride(from: row.count - 1, through: 0, by: -1) {
      while last > 0 && starts[last] > x { last -= 1 }
      let apex = apexes[last]
      squared[x] = (x - apex) * (x - apex) + Int(row[apex]) * Int(row[apex])
    }
  }

  /// The first column where the parabola of `new` is below the one of `old`, at least 0.
  private static func takeover(
    _ row: UnsafeBufferPointer<UInt16>, from old: Int, to new: Int
  ) -> Int {
    let oldHeight = old * old + Int(row[old]) * Int(row[old])
    let newHeight = new * new + Int(row[new]) * Int(row[new])
    let numerator = newHeight - oldHeight
    return numerator < 0 ? 0 : numerator / (2 * (new - old)) + 1
  }
}
