import Diffusion
import Foundation
import Tensors
import Testing

/// The golden files of `Scripts/fixtures/make_samplers.py`.
enum Golden {
  struct Trajectories: Decodable {
    let noise: [Float]
    let image: [Float]
    /// Texts of `scheduler_config.json`.
    let configs: [String]
    let walks: [Walk]
  }

  struct Walk: Decodable {
    let name: String?
    /// Which of the `configs`.
    let config: Int
    let sampler: String
    let steps: Int
    let strength: Double
    /// TCD's gamma, where it is not the default.
    let eta: Double?
    let timesteps: [Float]
    let scale: Float
    /// The noised image where the strength is below 1.
    let start: [Float]
    /// After every step, or after the last alone.
    let latents: [[Float]]
    let originals: [[Float]]

    /// How far the reference itself moves by roundings of the noise schedule, where that is much.
    let moved: Double?

    var tolerance: Double { max(1e-5, 5 * (moved ?? 0)) }

    func title(_ golden: Trajectories) -> String {
      "\(name ?? "") \(sampler), \(steps) steps, strength \(strength): \(golden.configs[config])"
    }

    func configuration(_ golden: Trajectories) throws -> SchedulerConfiguration {
      var configuration = try SchedulerConfiguration(json: Array(golden.configs[config].utf8))
      if let eta { configuration.stochasticity = eta }
      return configuration
    }

    func makeSampler(_ golden: Trajectories) throws -> any Sampler {
      let schedule = try NoiseSchedule(configuration: configuration(golden))
      let kind = try #require(SamplerKind(rawValue: sampler))
      return try schedule.sampler(kind, steps: steps, strength: strength)
    }
  }

  struct Table: Decodable {
    let config: String
    let alphas: [Float]
  }

  struct Guidance: Decodable {
    let scale: Float
    let rescale: Float
    let unconditional: [Float]
    let conditional: [Float]
    let guided: [Float]
  }

  static func decode<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
    let folder = try #require(Bundle.module.resourcePath)
    let url = URL(filePath: folder + "/Fixtures/" + name)
    return try JSONDecoder().decode(type, from: Data(contentsOf: url))
  }
}

/// |a - b| / |b| over all values.
func relativeError(_ values: [Float], _ golden: [Float]) -> Double {
  guard values.count == golden.count else { return .infinity }
  let difference = zip(values, golden).reduce(0.0) { sum, pair in
    let distance = Double(pair.0) - Double(pair.1)
    return sum + distance * distance
  }
  return (difference / golden.reduce(0.0) { $0 + Double($1) * Double($1) }).squareRoot()
}

extension Tensor {
  /// A latent of the golden files: `[1, 1, 1, values]`.
  init(latent values: [Float]) {
    self.init(values, shape: [1, 1, 1, values.count])
  }
}

extension Denoising {
  /// A walk with the golden files' model and noise.
  init(sampler: any Sampler, latent: Tensor) {
    self.init(
      sampler: sampler, latent: latent, generator: TorchGenerator(seed: 5), model: goldenModel)
  }
}

/// The nonlinear model that the golden files were walked with, rounding for rounding.
func goldenModel(_ sample: Tensor, _ timestep: Float) -> Tensor {
  let gain = Float(0.5 + Double(timestep) / 2000)
  let values = sample.values
  return Tensor(
    zip(values, values.reversed()).map { value, mirrored in
      value / (1 + abs(value)) * gain + mirrored * 0.25 / (1 + abs(value))
    }, shape: sample.shape)
}
