import Compute
import Tensors

/// Many tensors as one loop over blocks of their values, so that small ones are not each a loop that
/// threads must meet at.
///
/// The blocks are cut by the tensors' sizes alone.
struct TensorBlocks: Sendable {
  /// Values of a block; fewer at a tensor's end.
  static let length = 16_384

  /// How many blocks come before each tensor's, and all of them at the end.
  private let starts: [Int]
  private let counts: [Int]

  init(_ counts: [Int]) {
    self.counts = counts
    starts = counts.reduce(into: [0]) { starts, count in
      starts.append((starts.last ?? 0) + (count + Self.length - 1) / Self.length)
    }
  }

  /// The blocks of a tensor.
  func blocks(of tensor: Int) -> Range<Int> { starts[tensor]..<starts[tensor + 1] }

  var count: Int { starts.last ?? 0 }

  /// Runs `body` once for every block of every tensor.
  func forEach(_ body: (_ tensor: Int, _ block: Int, _ range: Range<Int>) -> Void) {
    ThreadTeam.current.forEach(count) { block in
      let tensor = tensor(of: block)
      let first = (block - starts[tensor]) * Self.length
      body(tensor, block, first..<min(first + Self.length, counts[tensor]))
    }
  }

  /// The last tensor whose blocks begin at this one or before it; halving, O(log tensors).
  private func tensor(of block: Int) -> Int {
    var (low, high) = (0, counts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= block { low = middle } else { high = middle }
    }
    return low
  }
}
