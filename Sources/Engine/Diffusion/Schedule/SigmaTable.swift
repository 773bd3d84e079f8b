import Glibc

/// Noise levels sigma = sqrt((1 - a) / a) of the samplers that count in them.
struct SigmaTable {
  /// One for each training timestep, ascending.
  let all: [Float]
  private let logarithms: [Double]

  /// Where the last timestep is all noise, its share of signal counts as 2^-24, so that sigma is
  /// finite, as in the reference.
  init(_ schedule: NoiseSchedule) {
    var alphas = schedule.cumulativeAlphas
    if schedule.configuration.rescalesBetasToZeroSNR {
      alphas[alphas.count - 1] = 0x1p-24
    }
    all = alphas.map { ((1 - $0) / $0).squareRoot() }
    logarithms = all.map { Double(log($0)) }
  }

  /// Sigma between the training timesteps, linearly.
  func interpolated(at timestep: Double) -> Double {
    let low = min(max(Int(timestep), 0), all.count - 1)
    let high = min(low + 1, all.count - 1)
    let slope = Double(all[high]) - Double(all[low])
    return slope * (timestep - Double(low)) + Double(all[low])
  }

  /// The timestep at which the training had a noise level, linear in its logarithm.
  func timestep(of sigma: Double) -> Double {
    let wanted = log(max(sigma, 1e-10))
    let reached = logarithms.count { $0 <= wanted }
    let low = min(max(reached - 1, 0), logarithms.count - 2)
    let weight = (logarithms[low] - wanted) / (logarithms[low] - logarithms[low + 1])
    let clipped = min(max(weight, 0), 1)
    return (1 - clipped) * Double(low) + clipped * Double(low + 1)
  }

  /// Noise levels spaced by their seventh root (Karras et al. 2022, equation 5).
  static func karras(from first: Double, to last: Double, count: Int) -> [Double] {
    let exponent = 7.0
    let (start, end) = (pow(first, 1 / exponent), pow(last, 1 / exponent))
    return TimestepSpacing.linspace(to: 1, count: count).map {
      pow(start + $0 * (end - start), exponent)
    }
  }

  /// Noise levels in single precision with the one after the last step.
  func ended(_ sigmas: [Double], by final: FinalSigma) -> [Float] {
    sigmas.map { Float($0) } + [final == .zero ? 0 : all[0]]
  }
}
