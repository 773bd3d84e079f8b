import CKernels
import Compute
import Glibc

/// Functions of each value alone.
extension Tensor {
  /// e to the power of each value.
  package func exponential() -> Tensor {
    let result = map { x, out, n in Kernels.active.exponential(x, out, n) }
    return result.recorded("exponential", [self]) { gradient in [gradient * result] }
  }

  /// The natural logarithm; minus infinity at zero, not a number below.
  package func logarithm() -> Tensor { pointwise("logarithm", CK_POINTWISE_LOGARITHM) }

  package func squareRoot() -> Tensor {
    pointwise("square root", CK_POINTWISE_SQUARE_ROOT, keepsResult: true)
  }

  /// The distance from zero; its gradient at zero is zero.
  package func absolute() -> Tensor { pointwise("absolute", CK_POINTWISE_ABSOLUTE) }

  package func squared() -> Tensor { pointwise("square", CK_POINTWISE_SQUARE) }

  /// The logistic function, 1 / (1 + exp(-x)).
  package func sigmoid() -> Tensor {
    pointwise("sigmoid", CK_POINTWISE_SIGMOID, keepsResult: true)
  }

  package func hyperbolicTangent() -> Tensor {
    pointwise("hyperbolic tangent", CK_POINTWISE_TANH, keepsResult: true)
  }

  /// The values above zero, zero elsewhere.
  package func relu() -> Tensor { pointwise("relu", CK_POINTWISE_LEAKY_RELU) }

  /// The values above zero, `slope` times the others.
  package func leakyReLU(slope: Float = 0.01) -> Tensor {
    pointwise("leaky relu", CK_POINTWISE_LEAKY_RELU, slope)
  }

  /// log(1 + exp(x)), without overflow.
  package func softplus() -> Tensor { pointwise("softplus", CK_POINTWISE_SOFTPLUS) }

  /// Each value held between two bounds; the gradient passes between them, bounds included.
  package func clamped(_ lower: Float, _ upper: Float) -> Tensor {
    pointwise("clamped", CK_POINTWISE_CLAMP, lower, upper)
  }

  /// Each value to a constant power; below zero only for whole exponents.
  package func power(_ exponent: Float) -> Tensor {
    map { x, out, n in
      for i in 0..<n { out[i] = powf(x[i], exponent) }
    }.recorded("power", [self]) { [kept = detached] gradient in
      [gradient * kept.power(exponent - 1) * exponent]
    }
  }

  /// - Parameter keepsResult: whether the slope follows from the result instead of the argument.
  private func pointwise(
    _ name: String, _ operation: ck_pointwise, _ first: Float = 0, _ second: Float = 0,
    keepsResult: Bool = false
  ) -> Tensor {
    let (kernels, code) = (Kernels.active, Int32(operation.rawValue))
    let result = map { x, out, n in kernels.pointwise(code, first, second, x, out, n) }
    return result.recorded(name, [self]) { [kept = keepsResult ? result : detached] gradient in
      let slope = Kernels.active.pointwise_gradient
      return [
        kept.map(with: gradient) { kept, flowing, out, n in
          slope(code, first, second, kept, flowing, out, n)
        }
      ]
    }
  }
}
