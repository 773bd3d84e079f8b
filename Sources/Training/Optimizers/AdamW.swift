import CKernels
import Compute
import Glibc
package import Tensors

/// AdamW: adaptive moments with weight decay apart from the gradient.
///
/// Source: Loshchilov and Hutter 2019, algorithm 2; rounded like `torch.optim.AdamW`.
package struct AdamW: Sendable {
  package struct Settings: Sendable {
    /// 0 ..< 1 each.
    package var betas: (Double, Double) = (0.9, 0.999)
    /// Added to the root of the corrected second moment.
    package var epsilon = 1e-8
    package var weightDecay = 0.01
    /// Which parameters decay.
    package var decays: @Sendable (_ name: String) -> Bool = { _ in true }
    /// What the learning rate of a parameter is multiplied by; 0 freezes it.
    package var learningRateMultiplier: @Sendable (_ name: String) -> Double = { _ in 1 }

    package init() {}
  }

  package let settings: Settings
  /// Updates done so far.
  package private(set) var step: Int
  /// Running means of gradients and of their squares.
  package private(set) var firstMoments: Parameters
  package private(set) var secondMoments: Parameters

  package init(_ parameters: Parameters, settings: Settings = Settings()) {
    self.init(
      settings: settings, step: 0, firstMoments: parameters.zeros, secondMoments: parameters.zeros)
  }

  /// Goes on where an optimizer was.
  init(settings: Settings, step: Int, firstMoments: Parameters, secondMoments: Parameters) {
    self.settings = settings
    self.step = step
    self.firstMoments = firstMoments
    self.secondMoments = secondMoments
  }

  /// Moves every parameter once.
  /// - Parameters:
  ///   - gradients: one per parameter, in their order and shapes; throws otherwise.
  ///   - gradientScale: what they are multiplied by first (see `GradientNorm`).
  package mutating func update(
    _ parameters: inout Parameters, gradients: [Tensor], learningRate: Double,
    gradientScale: Float = 1
  ) throws(OptimizerError) {
    guard parameters.matches(firstMoments) else { throw .otherParameters }
    try OptimizerError.check(gradients, against: parameters)
    step += 1
    let numbers = parameters.names.map { name in
      self.numbers(
        rate: learningRate * settings.learningRateMultiplier(name),
        decay: settings.decays(name) ? settings.weightDecay : 0, scale: gradientScale)
    }
    move(&parameters, gradients, numbers)
  }

  /// The numbers of this step, each rounded once from double precision as the reference does.
  private func numbers(rate: Double, decay: Double, scale: Float) -> ck_adamw {
    let (beta1, beta2) = settings.betas
    return ck_adamw(
      gradient_scale: scale, decay: Float(1 - rate * decay), first_weight: Float(1 - beta1),
      second_decay: Float(beta2), second_weight: Float(1 - beta2),
      correction: Float((1 - pow(beta2, Double(step))).squareRoot()),
      epsilon: Float(settings.epsilon), step: Float(-(rate / (1 - pow(beta1, Double(step))))))
  }

  private mutating func move(
    _ parameters: inout Parameters, _ gradients: [Tensor], _ numbers: [ck_adamw]
  ) {
    let kernel = Kernels.active.adamw
    parameters.withMutableValues { values in
      firstMoments.withMutableValues { first in
        secondMoments.withMutableValues { second in
          TensorBlocks(values.map(\.count)).forEach { tensor, _, range in
            guard let value = values[tensor].baseAddress, let first = first[tensor].baseAddress,
              let second = second[tensor].baseAddress
            else { return }
            let at = range.lowerBound
            gradients[tensor].withPointer { gradient in
              withUnsafePointer(to: numbers[tensor]) {
                kernel(value + at, gradient + at, first + at, second + at, $0, range.count)
              }
            }
          }
        }
      }
    }
  }
}
