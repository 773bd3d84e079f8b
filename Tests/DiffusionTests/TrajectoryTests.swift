import Diffusion
import Tensors
import Testing

@Suite struct `The samplers` {
  private let golden: Golden.Trajectories

  init() throws {
    golden = try Golden.decode(Golden.Trajectories.self, "trajectories.json")
  }

  private func firstLatent(_ walk: Golden.Walk, _ sampler: any Sampler) -> Tensor {
    let noise = Tensor(latent: golden.noise)
    guard walk.strength < 1 else { return noise * sampler.initialNoiseScale }
    return sampler.addNoise(to: Tensor(latent: golden.image), noise: noise)
  }

  @Test func `go the ways of the reference, whatever is predicted and wherever they step`() throws {
    var worst: [String: Double] = [:]
    for walk in golden.walks {
      let sampler = try walk.makeSampler(golden)
      var denoising = Denoising(sampler: sampler, latent: firstLatent(walk, sampler))
      var steps: [Denoising.Step] = []
      while let step = try denoising.next() { steps.append(step) }
      #expect(steps.count == sampler.count)
      for (step, latent) in zip(steps.suffix(walk.latents.count), walk.latents) {
        let error = relativeError(step.latent.values, latent)
        #expect(error <= walk.tolerance, "step \(step.index) of \(walk.title(golden))")
        if walk.moved == nil { worst[walk.sampler] = max(worst[walk.sampler] ?? 0, error) }
      }
      for (step, original) in zip(steps, walk.originals) {
        let error = relativeError(step.predictedOriginal.values, original)
        #expect(error <= 1e-4, "original at step \(step.index) of \(walk.title(golden))")
      }
    }
    print("largest relative errors:", worst.sorted { $0.key < $1.key })
    #expect(worst.count == SamplerKind.allCases.count)
  }

  @Test func `visit the timesteps of the reference`() throws {
    for walk in golden.walks {
      let sampler = try walk.makeSampler(golden)
      let isShortened = walk.steps > 20
      let own = sampler.timesteps
      let compared = isShortened ? Array(own.prefix(5) + own.suffix(5)) : own
      #expect(
        zip(compared, walk.timesteps).allSatisfy { abs($0 - $1) < 1e-2 }, "\(walk.title(golden))")
      #expect(compared.count == walk.timesteps.count, "\(walk.title(golden))")
    }
  }

  @Test func `begin at the reference's noise level`() throws {
    for walk in golden.walks {
      let sampler = try walk.makeSampler(golden)
      #expect(abs(sampler.initialNoiseScale / walk.scale - 1) < 1e-5, "\(walk.title(golden))")
      if walk.strength < 1 {
        let start = firstLatent(walk, sampler).values
        #expect(relativeError(start, walk.start) < 1e-6, "\(walk.title(golden))")
      }
    }
  }

  @Test func `cover every combination that is possible`() throws {
    var kinds: [String: Set<[String]>] = [:]
    for walk in golden.walks where walk.steps == 8 && walk.latents.count > 1 {
      let configuration = try walk.configuration(golden)
      kinds[walk.sampler, default: []].insert([
        configuration.predictionType.rawValue, configuration.timestepSpacing?.rawValue ?? "",
        "\(configuration.rescalesBetasToZeroSNR)",
      ])
    }
    for kind in SamplerKind.allCases {
      let expected =
        switch kind {
        // 3 predictions plain and 2 with zero SNR, in 3 spacings.
        case .ddim, .ddpm, .euler, .dpmSolverMultistep, .uniPC: (3 + 2) * 3
        // No zero SNR.
        case .heun: 3 * 3
        // No prediction of the sample.
        case .eulerAncestral: (2 + 1) * 3
        // Neither.
        case .pndm: 2 * 3
        // A spacing of their own.
        case .lcm, .tcd: 3 + 2
        }
      #expect(kinds[kind.rawValue]?.count == expected, "\(kind)")
    }
  }
}

@Suite struct `The noise schedule` {
  @Test func `is that of the reference`() throws {
    for table in try Golden.decode([Golden.Table].self, "tables.json") {
      let schedule = try NoiseSchedule(
        configuration: SchedulerConfiguration(json: Array(table.config.utf8)))
      let indices = Array(stride(from: 0, to: 1000, by: 37)) + Array(990..<1000)
      for (index, golden) in zip(indices, table.alphas) {
        let alpha = schedule.cumulativeAlphas[index]
        #expect(abs(alpha - golden) <= 2e-6 * golden + 1e-9, "alpha \(index) of \(table.config)")
      }
    }
  }

  @Test func `with zero terminal signal ends in nothing but noise`() throws {
    var configuration = SchedulerConfiguration()
    configuration.predictionType = .velocity
    configuration.rescalesBetasToZeroSNR = true
    let schedule = try NoiseSchedule(configuration: configuration)
    #expect(schedule.cumulativeAlphas.last == 0)
    #expect(schedule.cumulativeAlphas[998] > 0)
  }
}
