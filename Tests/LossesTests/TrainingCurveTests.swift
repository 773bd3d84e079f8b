import Checkpoints
import Foundation
import Goldens
import Losses
import Models
import Optimizers
import Tensors
import Testing

/// Trains the embedded networks beside torch: the same weights to begin with, the same data, AdamW,
/// warm-up and cosine, clipping, moving average (Scripts/fixtures/make_curves.py).
///
/// `BYTEEDIT_CURVES=FOLDER` keeps our losses there, for Scripts/fixtures/plot_curves.py, and trains
/// at the higher rates too.
@Suite(.serialized) struct TrainingCurveTests {
  static let steps = 50
  private let goldens: Goldens

  init() throws { goldens = try Goldens("curves", in: .module) }

  private struct Run {
    var state: TrainingState
    var losses: [Float] = []
    var norms: [Float] = []
  }

  private func run(
    _ part: String, rate: Double, steps: Int = Self.steps,
    loss: (WeightStore, _ step: Int) throws -> Tensor
  ) throws -> Run {
    var settings = AdamW.Settings()
    settings.betas = (0.9, 0.99)
    settings.decays = { !($0.hasSuffix(".bias") || $0.contains("norm")) }
    var run = Run(
      state: TrainingState(try EmbeddedModel.parameters(part), settings: settings))
    let rule = TrainingStep(
      learningRate: rate, schedule: .warmupCosine(warmup: 10, steps: Self.steps), maximumNorm: 1)
    for step in 0..<steps {
      let report = try rule(&run.state) { weights, _ in try loss(weights, step) }
      run.losses.append(report.loss)
      run.norms.append(report.gradientNorm)
    }
    return run
  }

  private static func distances(_ ours: [Float], _ theirs: [Float]) -> [Float] {
    zip(ours, theirs).map { abs($0 - $1) / abs($1) }
  }

  private func compare(_ key: String, _ run: Run) throws {
    let theirs = try goldens.tensor("\(key)/losses").values
    let norms = try goldens.tensor("\(key)/gradient norms").values
    let own = try goldens.tensor("\(key)/torch from torch").values
    let distances = Self.distances(run.losses, theirs)
    print("\(key): losses within \(distances.max() ?? 1) of torch's; torch from torch: \(own)")
    try keep(key, run, theirs, own)
    #expect(distances.count == Self.steps && run.losses.allSatisfy(\.isFinite))
    // Before rounding has had time to grow.
    #expect(distances.prefix(8).allSatisfy { $0 < 3e-6 })
    #expect(Self.distances(run.norms, norms).prefix(6).allSatisfy { $0 < 1e-5 })
    let departs = (own.max() ?? 0) > 5e-4
    #expect(distances.allSatisfy { $0 < (departs ? 4 * (own.max() ?? 0) : 1e-3) })
    guard !departs else { return }
    try compareResult("\(key)/parameter", slices: "\(key)/parameters/", run.state.parameters)
    try compareResult(
      "\(key)/average", slices: "\(key)/average/", try #require(run.state.average).parameters)
  }

  private func compareResult(_ key: String, slices: String, _ result: Parameters) throws {
    let norm = GradientNorm(result.tensors).value
    let wanted = try goldens.tensor("\(key) norm").values[0]
    #expect(abs(norm - wanted) < 1e-5 * wanted, "\(key): \(norm), torch \(wanted)")
    for name in goldens.names where name.hasPrefix(slices) {
      let tensor = try #require(result[String(name.dropFirst(slices.count))])
      let part = tensor.reshaped([-1]).slice(0..<min(16, tensor.count), axis: 0)
      let error = relativeError(part, try goldens.tensor(name))
      #expect(error < 1e-4, "\(name): \(error)")
    }
  }

  private func keep(_ key: String, _ run: Run, _ torch: [Float], _ own: [Float]) throws {
    guard let folder = curveFolder else { return }
    let curves = ["ours": run.losses, "torch": torch, "torch from torch": own]
    let name = key.replacing("/", with: "-")
    try JSONEncoder().encode(curves).write(to: URL(fileURLWithPath: "\(folder)/\(name).json"))
  }

  private func trainDenoiser(rate: Double) throws -> Run {
    let rule = DenoisingLoss(schedule: try EmbeddedModel.schedule())
    return try run("unet", rate: rate) { weights, step in
      let latents = CurveData.latents(step: step, size: 4)
      let masks = CurveData.masks(step: step, size: 4)
      let timesteps = CurveData.timesteps(step: step, size: 4)
      return try rule(
        try EmbeddedModel.unet(weights),
        DenoisingBatch(
          latents: latents, noise: CurveData.noise(seed: 1000 + step, 4, side: 16),
          timesteps: timesteps,
          conditioning: Tensor.concatenated([masks, latents - latents * masks], axis: 3),
          context: CurveData.context(step: step, size: 4),
          sampleWeights: timesteps.map { rule.velocityWeight(at: $0) }))
    }
  }

  private func trainAutoencoder(rate: Double) throws -> Run {
    let rule = AutoencoderLoss(reconstruction: .absolute, divergenceWeight: 1e-6)
    return try run("vae", rate: rate) { weights, step in
      try rule(
        try EmbeddedModel.autoencoder(weights), images: CurveData.pictures(step: step, size: 2),
        noise: CurveData.noise(seed: 2000 + step, 2, side: 8))
    }
  }

  @Test func `the denoiser's fifty steps are torch's`() throws {
    try compare("unet/2e-05", try trainDenoiser(rate: 2e-5))
  }

  @Test func `the autoencoder's fifty steps are torch's`() throws {
    try compare("vae/0.0002", try trainAutoencoder(rate: 2e-4))
  }

  /// There rounding grows until torch departs from torch: that distance is the measure.
  @Test(.enabled(if: keepsCurves))
  func `at the rates of training from nothing we are as near as torch is to itself`() throws {
    try compare("unet/0.0004", try trainDenoiser(rate: 4e-4))
    try compare("vae/0.0008", try trainAutoencoder(rate: 8e-4))
  }
}

/// Where our losses are to be kept, if anywhere.
private let curveFolder = ProcessInfo.processInfo.environment["BYTEEDIT_CURVES"]
private let keepsCurves = curveFolder != nil
