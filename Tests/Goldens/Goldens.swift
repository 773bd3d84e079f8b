package import Foundation
package import Tensors

/// Golden arrays written by Scripts/fixtures/goldens.py: NAME.json gives shape and offset of each
/// array in NAME.f32.
package struct Goldens: Sendable {
  private struct Entry: Codable {
    let shape: [Int]
    let offset: Int
  }

  package struct Missing: Error {
    package let name: String
  }

  private let index: [String: Entry]
  private let values: [Float]

  /// - Parameter bundle: the test target's own, which holds a folder `Fixtures`.
  package init(_ name: String, in bundle: Bundle) throws {
    let file = bundle.bundleURL.appendingPathComponent("Fixtures/\(name)")
    let json = try Data(contentsOf: file.appendingPathExtension("json"))
    index = try JSONDecoder().decode([String: Entry].self, from: json)
    let data = try Data(contentsOf: file.appendingPathExtension("f32"))
    values = data.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { i in
        Float(
          bitPattern: UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: i * 4, as: UInt32.self)))
      }
    }
  }

  package var names: [String] { index.keys.sorted() }

  package func tensor(_ name: String) throws -> Tensor {
    guard let entry = index[name] else { throw Missing(name: name) }
    let shape = Shape(entry.shape)
    return Tensor(Array(values[entry.offset..<entry.offset + shape.count]), shape: shape)
  }
}

/// |a - b| / |b| over all values; infinite where shapes differ or a value is not finite.
package func relativeError(_ a: Tensor, _ b: Tensor) -> Double {
  guard a.shape == b.shape else { return .infinity }
  var difference = 0.0
  var norm = 0.0
  for (x, y) in zip(a.values, b.values) {
    difference += (Double(x) - Double(y)) * (Double(x) - Double(y))
    norm += Double(y) * Double(y)
  }
  let error = difference.squareRoot() / max(norm.squareRoot(), 1e-30)
  return error.isFinite ? error : .infinity
}
