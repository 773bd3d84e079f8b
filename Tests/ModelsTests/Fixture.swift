import Checkpoints
import Compute
import Foundation
import Models
import Tensors

/// A small random model with its inputs and the outputs of the reference.
struct Fixture {
  let path: String
  let golden: SafetensorsFile

  init(_ name: String) throws {
    let resources = Bundle.module.resourceURL ?? URL(fileURLWithPath: ".")
    path = resources.appendingPathComponent("Fixtures/\(name)").path
    golden = try SafetensorsFile(path: path + "/golden.safetensors")
  }

  /// A stored picture or latent, channels last.
  func picture(_ name: String) throws -> Tensor {
    try golden.tensor(name).transposed([0, 2, 3, 1])
  }

  func members() throws -> JSONObject { try JSONFile.object(at: path + "/config.json") }

  /// Every weight by the name that the model asks for, to be tampered with.
  func weights(_ naming: WeightNaming = .asStored) throws -> [String: Tensor] {
    var weights: [String: Tensor] = [:]
    for file in try FileManager.default.contentsOfDirectory(atPath: path)
    where file.hasSuffix(".safetensors") && file != "golden.safetensors" {
      let stored = try SafetensorsFile(path: "\(path)/\(file)")
      for name in stored.names {
        guard let canonical = naming.canonical(name) else { continue }
        weights[canonical] = try stored.tensor(name)
      }
    }
    return weights
  }
}

/// |a - b| / |b| over all values; infinite for different shapes or values that are no numbers.
func relativeError(_ a: Tensor, _ b: Tensor) -> Double {
  guard a.shape == b.shape else { return .infinity }
  var difference = 0.0
  var size = 0.0
  for (x, y) in zip(a.values, b.values) {
    difference += Double(x - y) * Double(x - y)
    size += Double(y) * Double(y)
  }
  let error = (difference / size).squareRoot()
  return error.isFinite ? error : .infinity
}

/// How far a network may be from the reference.
let bound = 1e-4
/// How far it is: everything is computed in 32 bits on both sides.
let usual = 1e-5

/// A fault planted into a model's weights.
enum Fault: String, CaseIterable, CustomStringConvertible {
  case swappedBiases = "two biases swapped"
  case transposedWeight = "a weight transposed"
  case shiftedScale = "a normalisation's scale shifted by one channel"

  var description: String { rawValue }

  /// Applies the fault to the named tensors.
  func apply(to weights: inout [String: Tensor], _ first: String, _ second: String) {
    let (a, b) = (weights[first], weights[second])
    switch self {
    case .swappedBiases:
      weights[first] = b
      weights[second] = a
    case .transposedWeight: weights[first] = a.map(Self.transposed)
    case .shiftedScale:
      weights[first] = a.map {
        Tensor(Array($0.values.dropFirst()) + [$0.values[0]], shape: $0.shape)
      }
    }
  }

  /// Matrices by their axes, kernels by height and width.
  private static func transposed(_ weight: Tensor) -> Tensor {
    weight.shape.rank == 4 ? weight.transposed([0, 1, 3, 2]) : weight.transposed([1, 0])
  }
}

/// Runs many small networks on one thread: waking a second one would cost more than it computes.
func onOneThread(_ body: () throws -> Void) rethrows {
  try ThreadTeam.$current.withValue(ThreadTeam(threads: 1), operation: body)
}

/// The same values in reverse order.
func reversed(_ tensor: Tensor) -> Tensor { Tensor(tensor.values.reversed(), shape: tensor.shape) }
