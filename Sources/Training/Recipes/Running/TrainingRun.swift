import Checkpoints
import Optimizers
package import Statistics
import Tensors

/// One run of a recipe, from its first update or from where it was stopped to the finished judge.
///
/// Whatever decides the weights lies in the state's file and the plan's, so that a run that was
/// killed at any moment ends with the bits of one that was not.
package struct TrainingRun {
  package struct Progress: Sendable {
    package var step: Int
    package var steps: Int
    package var loss: Double
    package var accuracy: Double
    package var heldOut: Estimate?
    package var samplesPerSecond: Double
    package var secondsLeft: Double
  }

  package enum Ending: Sendable {
    case finished(HeldOutTable)
    /// The run was asked to stop; its state was kept.
    case stopped(step: Int)
  }

  private let recipe: any Recipe
  private let folder: RunFolder
  private var plan: RunPlan
  private var settings: RunSettings { plan.configuration.run }

  package init(_ recipe: any Recipe, plan: RunPlan, in folder: RunFolder) {
    self.recipe = recipe
    self.plan = plan
    self.folder = folder
  }

  /// Trains until the plan is fulfilled or somebody asks to stop, then writes judge and table.
  /// - Parameters:
  ///   - onProgress: told after every `logEvery` updates.
  ///   - shouldStop: asked after every update.
  package mutating func callAsFunction(
    onProgress: (Progress) -> Void, shouldStop: () -> Bool
  ) throws -> Ending {
    try plan.write(to: folder)
    var state = try begin()
    var log = RunLog(folder, upTo: state.step)
    var clock = RunClock(from: state.step, batch: settings.batch)
    var means = RunMeans()
    while state.step < steps {
      let report = try update(&state, &means)
      try planSteps(after: state.step, clock)
      let isLast = state.step == steps
      if state.step % settings.logEvery == 0 || isLast {
        let looks = state.step % settings.evaluateEvery == 0
        let row = looks ? try look(at: state) : nil
        try log.add(line(state.step, report, means, clock, row))
        onProgress(progress(state.step, means, clock, row))
        means = RunMeans()
        if looks || isLast { try RunCurves(log: log, title: recipe.name).write() }
      }
      let stops = shouldStop()
      if state.step % settings.saveEvery == 0 || isLast || stops {
        try state.save(to: folder.state)
      }
      if stops && !isLast { return .stopped(step: state.step) }
      clock.passed(state.step)
    }
    return .finished(try finish(state))
  }

  private var steps: Int { plan.steps ?? settings.steps }

  private func begin() throws -> TrainingState {
    guard folder.hasState else {
      return TrainingState(
        Parameters(
          try StartingWeights.of(recipe, from: plan.configuration.network)),
        settings: optimizer,
        averageDecay: settings.averageDecay, seed: UInt64(settings.seed))
    }
    return try TrainingState(from: folder.state, settings: optimizer)
  }

  private var optimizer: AdamW.Settings {
    var optimizer = AdamW.Settings()
    optimizer.betas = (0.9, settings.secondDecay)
    optimizer.weightDecay = settings.weightDecay
    // Matrices decay; biases, norms, positions and tables of words do not.
    optimizer.decays = { name in
      name.hasSuffix(".weight") && !name.lowercased().contains("norm")
        && !name.contains("embeddings.")
    }
    return optimizer
  }

  private func update(
    _ state: inout TrainingState, _ means: inout RunMeans
  ) throws -> TrainingStep.Report {
    let step = TrainingStep(
      learningRate: settings.learningRate,
      schedule: .warmupCosine(warmup: settings.warmup, steps: steps),
      maximumNorm: settings.maximumNorm)
    let (parts, start) = (settings.microBatches, state.position)
    let shares = parts.map { Float($0.count) / Float(settings.batch) }
    var accuracy = 0.0
    let report = try step(&state, shares: shares) { weights, index in
      let part = parts[index]
      let result = try recipe.loss(
        weights, samples: start + part.lowerBound..<start + part.upperBound)
      accuracy += result.accuracy * Double(shares[index])
      return result.loss
    }
    state.position = start + settings.batch
    means.add(loss: Double(report.loss), accuracy: accuracy)
    return report
  }

  /// Where the run has a time instead of a number of updates, its speed up to the end of the warm-up
  /// (which is the same for any number) says how many fit.
  private mutating func planSteps(after step: Int, _ clock: RunClock) throws {
    guard let minutes = plan.minutes, plan.steps == nil, step >= max(settings.warmup, 10) else {
      return
    }
    let left = max(0, minutes * 60 - clock.seconds)
    // A look at held-out data, savings and the table at the end take about a twentieth.
    let more = Int(0.95 * left / max(clock.secondsPerStep, 1e-6))
    plan.steps = step + max(more, 1)
    try plan.write(to: folder)
  }

  private func weights(of state: TrainingState) -> Parameters {
    state.average?.parameters ?? state.parameters
  }

  private func look(at state: TrainingState) throws -> HeldOutTable.Row? {
    try recipe.evaluate(weights(of: state).weights, samples: settings.heldOut).rows.first
  }

  private func finish(_ state: TrainingState) throws -> HeldOutTable {
    let average = weights(of: state)
    try recipe.write(average.byName, to: folder.judge)
    let table = try recipe.evaluate(average.weights, samples: settings.heldOutAtEnd)
    try folder.write(table.markdown, to: folder.table)
    return table
  }

  private func line(
    _ step: Int, _ report: TrainingStep.Report, _ means: RunMeans, _ clock: RunClock,
    _ row: HeldOutTable.Row?
  ) -> RunLog.Line {
    RunLog.Line(
      step: step, loss: means.loss, accuracy: means.accuracy,
      gradientNorm: Double(report.gradientNorm), learningRate: report.learningRate,
      samplesPerSecond: clock.samplesPerSecond, heldOut: row?.estimate.value,
      heldOutLower: row?.estimate.interval?.lowerBound,
      heldOutUpper: row?.estimate.interval?.upperBound)
  }

  private func progress(
    _ step: Int, _ means: RunMeans, _ clock: RunClock, _ row: HeldOutTable.Row?
  ) -> Progress {
    Progress(
      step: step, steps: steps, loss: means.loss, accuracy: means.accuracy,
      heldOut: row?.estimate, samplesPerSecond: clock.samplesPerSecond,
      secondsLeft: Double(steps - step) * clock.secondsPerStep)
  }
}

/// Means over the updates since the last line.
private struct RunMeans {
  private var losses = Moments()
  private var accuracies = Moments()
  var loss: Double { losses.mean }
  var accuracy: Double { accuracies.mean }

  mutating func add(loss: Double, accuracy: Double) {
    losses.add(loss)
    accuracies.add(accuracy)
  }
}

/// How fast a run walks, all it does included.
private struct RunClock {
  private let started = ContinuousClock.now
  private let first: Int
  private let batch: Int
  private var step: Int

  init(from step: Int, batch: Int) {
    first = step
    self.step = step
    self.batch = batch
  }

  mutating func passed(_ step: Int) { self.step = step }

  var seconds: Double { (ContinuousClock.now - started) / .seconds(1) }
  var secondsPerStep: Double { seconds / Double(max(step + 1 - first, 1)) }
  var samplesPerSecond: Double { Double(batch) / secondsPerStep }
}
