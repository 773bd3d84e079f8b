import Glibc

extension BetaSchedule {
  /// The betas of every training timestep, in single precision as the reference tabulates them:
  /// its roundings add up over a thousand factors, so they are followed.
  func betas(_ configuration: SchedulerConfiguration) -> [Float] {
    let count = configuration.trainingTimesteps
    let (start, end) = (configuration.betaStart, configuration.betaEnd)
    switch self {
    case .linear:
      return Self.linearSpace(Float(start), Float(end), count)
    case .scaledLinear:
      return Self.linearSpace(Float(start.squareRoot()), Float(end.squareRoot()), count)
        .map { $0 * $0 }
    case .squaredCosine:
      return (0..<count).map { index in
        let first = Self.squaredCosine(Double(index) / Double(count))
        let second = Self.squaredCosine(Double(index + 1) / Double(count))
        return Float(min(1 - second / first, 0.999))
      }
    }
  }

  private static func squaredCosine(_ time: Double) -> Double {
    let cosine = cos((time + 0.008) / 1.008 * Double.pi / 2)
    return cosine * cosine
  }

  /// Evenly spaced values, each half counted from its own end and rounded once, as torch does.
  private static func linearSpace(_ start: Float, _ end: Float, _ count: Int) -> [Float] {
    let step = (end - start) / Float(count - 1)
    return (0..<count).map { index in
      index < count / 2
        ? start.addingProduct(step, Float(index))
        : end.addingProduct(-step, Float(count - index - 1))
    }
  }

  /// Scales betas so that the last timestep holds no signal (Lin and others 2023, algorithm 1).
  static func rescaledToZeroSNR(_ betas: [Float]) -> [Float] {
    var signal = cumulativeProduct(betas).map { $0.squareRoot() }
    guard let first = signal.first, let last = signal.last else { return betas }
    let scale = first / (first - last)
    signal = signal.map { ($0 - last) * scale }
    let squares = signal.map { $0 * $0 }
    return squares.indices.map { index in
      1 - (index == 0 ? squares[0] : squares[index] / squares[index - 1])
    }
  }

  /// The running product of 1 - beta, accumulated in double precision as torch does.
  static func cumulativeProduct(_ betas: [Float]) -> [Float] {
    var product = 1.0
    return betas.map { beta in
      product *= Double(1 - beta)
      return Float(product)
    }
  }
}
