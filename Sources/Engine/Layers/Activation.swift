import CKernels
import Compute
package import Tensors

/// The nonlinearities between layers, fused into the layer before them where that is free.
package enum Activation: String, Sendable, CaseIterable {
  case none
  case silu
  /// Exact, by the error function.
  case gelu
  /// x * sigmoid(1.702 x), as the first CLIP models use.
  case quickGELU
  /// max(x, 0)
  case relu

  var code: Int32 {
    switch self {
    case .none: Int32(CK_ACTIVATION_NONE.rawValue)
    case .silu: Int32(CK_ACTIVATION_SILU.rawValue)
    case .gelu: Int32(CK_ACTIVATION_GELU.rawValue)
    case .quickGELU: Int32(CK_ACTIVATION_QUICK_GELU.rawValue)
    case .relu: Int32(CK_ACTIVATION_RELU.rawValue)
    }
  }

  /// Applies the nonlinearity to every value.
  package func callAsFunction(_ x: Tensor) -> Tensor {
    guard self != .none else { return x }
    let kernel = Kernels.active.activate
    return x.map { source, out, n in kernel(code, source, out, n) }
      .recorded(rawValue, [x]) { [x = x.detached] gradient in [self.gradient(gradient, at: x)] }
  }

  private func gradient(_ gradient: Tensor, at x: Tensor) -> Tensor {
    let kernel = Kernels.active.activate_gradient
    return x.map(with: gradient) { source, flowing, out, n in kernel(code, source, flowing, out, n)
    }
  }
}

/// The sigmoid linear unit, x * sigmoid(x).
package func silu(_ x: Tensor) -> Tensor { Activation.silu(x) }

/// x times the normal distribution function of x.
package func gelu(_ x: Tensor) -> Tensor { Activation.gelu(x) }

/// The cheap likeness of GELU, x * sigmoid(1.702 x).
package func quickGELU(_ x: Tensor) -> Tensor { Activation.quickGELU(x) }

/// The gated unit: `[..., 2 * width]` to `[..., width]`, first half times GELU of the second.
package func geglu(_ x: Tensor) -> Tensor {
  let width = x.shape[-1] / 2
  precondition(x.shape[-1] == 2 * width, "geglu needs an even last axis, not \(x.shape)")
  let kernel = Kernels.active.geglu
  let result = x.withPointer { source in
    Tensor(shape: x.shape.replacing(axis: -1, with: width)) { target in
      guard let out = target.baseAddress, width > 0 else { return }
      ThreadTeam.current.forEachRange(target.count / width, of: max(1, 8_192 / width)) { rows in
        let first = rows.lowerBound
        kernel(source + first * 2 * width, out + first * width, rows.count, width)
      }
    }
  }
  return result.recorded("geglu", [x]) { [x = x.detached] gradient in
    [gegluGradient(gradient, at: x)]
  }
}

private func gegluGradient(_ gradient: Tensor, at x: Tensor) -> Tensor {
  let (kernel, width) = (Kernels.active.geglu_gradient, gradient.shape[-1])
  return x.withPointer { source in
    gradient.withPointer { flowing in
      Tensor(shape: x.shape) { target in
        guard let out = target.baseAddress, width > 0 else { return }
        ThreadTeam.current.forEachRange(gradient.count / width, of: max(1, 8_192 / width)) { rows in
          let first = rows.lowerBound
          kernel(
            source + first * 2 * width, flowing + first * width, out + first * 2 * width,
            rows.count, width)
        }
      }
    }
  }
}
