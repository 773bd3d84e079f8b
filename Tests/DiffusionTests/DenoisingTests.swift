import Diffusion
import Tensors
import Testing

@Suite struct `The denoising` {
  private func schedule() throws -> NoiseSchedule {
    try NoiseSchedule(configuration: SchedulerConfiguration())
  }

  @Test func `asks the model once a step and tells where it is`() throws {
    var asked: [Float] = []
    var denoising = Denoising(
      sampler: try schedule().sampler(.ddim, steps: 4),
      latent: Tensor(repeating: 1, shape: [1, 2, 2, 1]), generator: TorchGenerator(seed: 1)
    ) { sample, timestep in
      asked.append(timestep)
      return sample * 0.5
    }
    var indices: [Int] = []
    while let step = try denoising.next() {
      indices.append(step.index)
      #expect(step.count == 4)
      #expect(step.timestep == asked.last)
      #expect(step.latent.values == denoising.latent.values)
    }
    #expect(indices == [0, 1, 2, 3])
    #expect(asked == [750, 500, 250, 0])
    let after = try denoising.next()
    #expect(after == nil)
    #expect(asked.count == 4)
  }

  @Test func `asks twice a step where the sampler does, and counts steps all the same`() throws {
    for (strength, first) in [(1.0, 0), (0.5, 4)] {
      var asked: [Float] = []
      let sampler = try schedule().sampler(.heun, steps: 8, strength: strength)
      var denoising = Denoising(
        sampler: sampler, latent: Tensor(latent: [0.5, -1, 2]), generator: TorchGenerator(seed: 1)
      ) { sample, timestep in
        asked.append(timestep)
        return goldenModel(sample, timestep)
      }
      var calls: [Int] = []
      while let step = try denoising.next() {
        #expect(step.index == calls.count)
        #expect(step.count == 8 - first)
        calls.append(asked.count)
      }
      // Twice each, but once in the last step, which ends without noise.
      let steps = 8 - first
      #expect(calls == (1...steps).map { $0 < steps ? 2 * $0 : 2 * $0 - 1 })
      #expect(asked.count == sampler.timesteps.count - sampler.firstIndex)
      #expect(asked == Array(sampler.timesteps.suffix(asked.count)))
    }
  }

  @Test(arguments: [SamplerKind.eulerAncestral, .ddpm, .lcm, .tcd])
  func `draws the noise of a walk channels before rows`(kind: SamplerKind) throws {
    let shape: Shape = [1, 2, 3, 4]
    var configuration = SchedulerConfiguration()
    configuration.clipsSample = false
    let schedule = try NoiseSchedule(configuration: configuration)
    func latent(ofShape shape: Shape) throws -> Tensor {
      var denoising = Denoising(
        sampler: try schedule.sampler(kind, steps: 3), latent: Tensor(repeating: 1, shape: shape),
        generator: TorchGenerator(seed: 9)
      ) { sample, _ in sample * 0.25 }
      while try denoising.next() != nil {}
      return denoising.latent
    }
    // A latent of one row draws in the order that torch has for [1, 4, 2, 3].
    let flat = try latent(ofShape: [1, 1, 1, 24]).values
    let torch = Tensor(flat, shape: [1, 4, 2, 3]).nchwToNHWC()
    #expect(try latent(ofShape: shape).values == torch.values)
    #expect(Set(flat).count == 24, "nothing random was added")
  }

  @Test(arguments: SamplerKind.allCases)
  func `goes on where an earlier walk ended, bit by bit`(kind: SamplerKind) throws {
    var configuration = SchedulerConfiguration()
    (configuration.clipsSample, configuration.skipsRungeKuttaSteps) = (false, true)
    let schedule = try NoiseSchedule(configuration: configuration)
    var asked = 0
    func walk(_ known: [Tensor]) throws -> Denoising {
      var walk = Denoising(
        sampler: try schedule.sampler(kind, steps: 5), latent: Tensor(latent: [0.5, -1, 2]),
        generator: TorchGenerator(seed: 9)
      ) { sample, timestep in
        asked += 1
        return goldenModel(sample, timestep)
      }
      walk.recall(known)
      return walk
    }
    var whole = try walk([])
    var steps: [Denoising.Step] = []
    while let step = try whole.next() { steps.append(step) }
    let all = asked
    #expect(whole.answers.count == all)
    for known in 0...all {
      asked = 0
      var resumed = try walk(Array(whole.answers.prefix(known)))
      for step in steps {
        let next = try #require(try resumed.next())
        #expect(next.index == step.index && next.latent.values == step.latent.values)
        #expect(next.predictedOriginal.values == step.predictedOriginal.values)
      }
      #expect(try resumed.next() == nil)
      #expect(asked == all - known)
      #expect(resumed.answers.map(\.values) == whole.answers.map(\.values))
    }
  }

  @Test func `keeps no answers that nobody recalls`() throws {
    var walk = Denoising(
      sampler: try schedule().sampler(.ddim, steps: 4), latent: Tensor(latent: [1]),
      generator: TorchGenerator(seed: 1), model: goldenModel)
    while try walk.next() != nil {}
    #expect(walk.answers.isEmpty)
  }

  @Test func `stops where the caller stops`() throws {
    var calls = 0
    var denoising = Denoising(
      sampler: try schedule().sampler(.euler, steps: 20),
      latent: Tensor(repeating: 1, shape: [1, 1, 1, 4]), generator: TorchGenerator(seed: 1)
    ) { sample, _ in
      calls += 1
      return sample
    }
    for _ in 0..<3 { _ = try denoising.next() }
    #expect(calls == 3)
  }

  @Test(arguments: SamplerKind.allCases)
  func `can try a step again after the model failed`(kind: SamplerKind) throws {
    struct Failure: Error {}
    var configuration = SchedulerConfiguration()
    configuration.skipsRungeKuttaSteps = true
    let schedule = try NoiseSchedule(configuration: configuration)
    func walk(failingAt failing: Int?) throws -> [Float] {
      var calls = 0
      var denoising = Denoising(
        sampler: try schedule.sampler(kind, steps: 5),
        latent: Tensor(latent: [0.5, -1, 2]), generator: TorchGenerator(seed: 1)
      ) { sample, timestep in
        calls += 1
        if calls == failing { throw Failure() }
        return goldenModel(sample, timestep)
      }
      while true {
        do {
          let step = try denoising.next()
          if step == nil { return denoising.latent.values }
        } catch {
          #expect(error is Failure)
        }
      }
    }
    let interrupted = try walk(failingAt: 3)
    #expect(try interrupted == walk(failingAt: nil))
  }

  @Test func `does the last part alone when the strength is below one`() throws {
    for (steps, strength, done) in [(8, 0.75, 6), (10, 0.99, 9), (20, 0.31, 6), (3, 0.34, 1)] {
      let sampler = try schedule().sampler(.ddim, steps: steps, strength: strength)
      #expect(sampler.count == done)
      #expect(sampler.firstIndex == steps - done)
    }
  }
}

@Suite struct `Guidance` {
  @Test func `pushes and rescales as the reference does`() throws {
    for golden in try Golden.decode([Golden.Guidance].self, "guidance.json") {
      let guided = classifierFreeGuidance(
        unconditional: Tensor(golden.unconditional, shape: [2, 1, 2, 3]),
        conditional: Tensor(golden.conditional, shape: [2, 1, 2, 3]), scale: golden.scale,
        rescale: golden.rescale)
      #expect(relativeError(guided.values, golden.guided) < 1e-6)
    }
  }

  @Test func `leaves a prediction without deviation finite`() {
    let flat = Tensor(repeating: 1, shape: [1, 2, 2, 1])
    let guided = classifierFreeGuidance(
      unconditional: flat, conditional: flat, scale: 7.5, rescale: 0.7)
    #expect(guided.values == flat.values)
  }
}
