import CKernels
import Compute
import Glibc

/// An exponential moving average of parameters, which follows closely at first.
///
/// The decay is min((1 + t) / (10 + t), `decay`) after t + 1 updates, 0 at the first; as diffusers'
/// `EMAModel` has it.
package struct MovingAverage: Sendable {
  /// The decay that the ramp ends at.
  package let decay: Double
  /// Updates done so far.
  package private(set) var step: Int
  package private(set) var parameters: Parameters

  package init(_ parameters: Parameters, decay: Double = 0.9995) {
    self.init(parameters, decay: decay, step: 0)
  }

  /// Goes on where an average was.
  init(_ parameters: Parameters, decay: Double, step: Int) {
    self.decay = decay
    self.step = step
    self.parameters = parameters
  }

  /// The decay of an update, the first of which is number 1.
  package static func decay(at step: Int, upTo decay: Double) -> Double {
    guard step > 1 else { return 0 }
    let passed = Double(step - 1)
    return min((1 + passed) / (10 + passed), decay)
  }

  /// Moves the average towards the parameters; throws for others than it began with.
  package mutating func update(with current: Parameters) throws(OptimizerError) {
    guard parameters.matches(current) else { throw .otherParameters }
    step += 1
    let weight = Float(1 - Self.decay(at: step, upTo: decay))
    let kernel = Kernels.active.approach
    parameters.withMutableValues { averages in
      TensorBlocks(averages.map(\.count)).forEach { tensor, _, range in
        guard let average = averages[tensor].baseAddress else { return }
        current.tensors[tensor].withPointer {
          kernel(average + range.lowerBound, $0 + range.lowerBound, weight, range.count)
        }
      }
    }
  }
}
