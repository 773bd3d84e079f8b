package import Diffusion
package import Models
package import Tensors

/// The squared error of a denoiser's prediction of noise, velocity or sample.
///
/// Source: Ho et al. 2020, section 3.4 (noise); Salimans and Ho 2022, appendix D (velocity).
package struct DenoisingLoss: Sendable {
  package let target: PredictionType
  /// The share of signal variance at each training timestep.
  private let cumulativeAlphas: [Float]

  package init(schedule: NoiseSchedule) {
    target = schedule.configuration.predictionType
    cumulativeAlphas = schedule.cumulativeAlphas
  }

  /// The mean over the batch of weight * squared error, each sample's error being the mean over its
  /// values; throws where shapes do not fit.
  package func callAsFunction(
    _ network: UNet2DConditionModel, _ batch: DenoisingBatch
  ) throws(LossError) -> Tensor {
    try check(batch)
    let noisy = self.noisy(batch)
    let input = batch.conditioning.map { Tensor.concatenated([noisy, $0], axis: 3) } ?? noisy
    let prediction: Tensor
    do {
      prediction = try network(
        sample: input, timesteps: batch.timesteps.map { Float($0) },
        context: try network.prepare(context: batch.context))
    } catch {
      throw .model(error)
    }
    return try weighted(prediction, batch)
  }

  /// Latents with as much noise as their timesteps have.
  package func noisy(_ batch: DenoisingBatch) -> Tensor {
    let (signal, noise) = factors(batch)
    return batch.latents * signal + batch.noise * noise
  }

  /// What the network is to predict.
  package func wanted(_ batch: DenoisingBatch) -> Tensor {
    switch target {
    case .epsilon: return batch.noise
    case .sample: return batch.latents
    case .velocity:
      let (signal, noise) = factors(batch)
      return batch.noise * signal - batch.latents * noise
    }
  }

  /// The weight min(SNR + 1, `limit`) / (SNR + 1) of a timestep's velocity error, which is 1 at the
  /// noisiest and falls where hardly any noise is left.
  package func velocityWeight(at timestep: Int, limit: Float = 6) -> Float {
    // SNR + 1 is 1 / (1 - alpha).
    min(1, limit * (1 - cumulativeAlphas[timestep]))
  }

  private func weighted(_ prediction: Tensor, _ batch: DenoisingBatch) throws(LossError) -> Tensor {
    var errors = (prediction - wanted(batch)).squared()
    if let pixelWeights = batch.pixelWeights { errors = errors * pixelWeights }
    guard !batch.sampleWeights.isEmpty else { return errors.mean() }
    let weights = Tensor(batch.sampleWeights, shape: [batch.sampleWeights.count, 1, 1, 1])
    return (errors.meanPerSample() * weights).mean()
  }

  /// Roots of the shares of signal and noise, `[batch, 1, 1, 1]` each.
  private func factors(_ batch: DenoisingBatch) -> (signal: Tensor, noise: Tensor) {
    let alphas = batch.timesteps.map { cumulativeAlphas[$0] }
    let shape: Shape = [alphas.count, 1, 1, 1]
    return (
      Tensor(alphas.map { $0.squareRoot() }, shape: shape),
      Tensor(alphas.map { (1 - $0).squareRoot() }, shape: shape)
    )
  }

  private func check(_ batch: DenoisingBatch) throws(LossError) {
    let shape = batch.latents.shape
    guard shape.rank == 4, shape.count > 0 else { throw .shape("latents", shape) }
    guard batch.noise.shape == shape else { throw .shape("noise", batch.noise.shape) }
    guard batch.timesteps.count == shape[0],
      batch.timesteps.allSatisfy(cumulativeAlphas.indices.contains)
    else { throw .timesteps(batch.timesteps, below: cumulativeAlphas.count) }
    guard batch.sampleWeights.isEmpty || batch.sampleWeights.count == shape[0] else {
      throw .shape("sample weights", [batch.sampleWeights.count])
    }
    let pixels = shape.replacing(axis: 3, with: 1)
    for (name, tensor) in [
      ("conditioning", batch.conditioning), ("pixel weights", batch.pixelWeights),
    ] {
      guard let other = tensor?.shape else { continue }
      guard other.rank == 4, other.replacing(axis: 3, with: 1) == pixels,
        name == "conditioning" || other == pixels
      else { throw .shape(name, other) }
    }
  }
}
