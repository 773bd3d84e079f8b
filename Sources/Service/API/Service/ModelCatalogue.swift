import HTTP
package import Jobs

/// The models that are served, as `/v1/models` lists them; made by whoever loaded them.
package struct ModelCatalogue: Sendable, Codable {
  package var models: [ModelDescription]
  /// The judges that are on.
  package var judges: [JudgeDescription]
  /// Limits of the engine beside those of a model.
  package var kernelSet: String
  package var blasCore: String

  package init(
    models: [ModelDescription], judges: [JudgeDescription] = [], kernelSet: String, blasCore: String
  ) {
    self.models = models
    self.judges = judges
    self.kernelSet = kernelSet
    self.blasCore = blasCore
  }
}

/// One reward model that scores every candidate.
package struct JudgeDescription: Sendable, Hashable, Codable {
  /// `aesthetic`, `alignment` or `coherence`.
  package var judge: String
  /// Its architecture.
  package var model: String
  /// SHA-256 over its files, as receipts name it.
  package var hash: String
  /// What its calibrated scores are shares of: `held_out` edits, or a `normal` distribution where it
  /// came without any.
  package var calibration: String

  package init(judge: String, model: String, hash: String, calibration: String) {
    self.judge = judge
    self.model = model
    self.hash = hash
    self.calibration = calibration
  }
}

extension ModelCatalogue {
  /// What of a request needs a judge that is off.
  func refusals(of parameters: EditParameters) -> [Problem.FieldError] {
    // Where no worker lives nobody knows; the job waits for one that does.
    guard !models.isEmpty else { return [] }
    let on = Set(judges.map(\.judge))
    var refusals: [Problem.FieldError] = []
    for (judge, weight) in parameters.select?.byJudge ?? [] where weight > 0 && !on.contains(judge)
    {
      refusals.append(
        .init(pointer: "/select/\(judge)", detail: "this judge is off; give it no weight"))
    }
    guard on.isEmpty else { return refusals }
    let detail = "needs scores, and every judge of this service is off; leave it out"
    if parameters.minimumScore != nil {
      refusals.append(.init(pointer: "/min_score", detail: detail))
    }
    if (parameters.returned ?? parameters.count) < parameters.count {
      refusals.append(.init(pointer: "/return", detail: detail))
    }
    return refusals
  }
}

/// One model: what it is, what it can do and what it does when nothing is asked for.
package struct ModelDescription: Sendable, Codable {
  package var id: String
  /// SHA-256 over its parts, as receipts name it.
  package var hash: String
  package var createdAt: Timestamp
  /// How its weights are kept in memory, such as `fp32` or `int8`.
  package var weights: String
  package var tasks: [String]
  /// Model pixels along the longer side.
  package var resolution: Int
  package var steps: Int
  package var guidanceScale: Double
  package var sampler: String
  package var holeFill: String
  /// Words the model was taught, or none where it is not limited to some.
  package var vocabulary: [String]
  /// What it can and cannot do, in a sentence or two.
  package var notes: String

  package init(
    id: String, hash: String, createdAt: Timestamp, weights: String, tasks: [String],
    resolution: Int, steps: Int, guidanceScale: Double, sampler: String, holeFill: String,
    vocabulary: [String], notes: String
  ) {
    self.id = id
    self.hash = hash
    self.createdAt = createdAt
    self.weights = weights
    self.tasks = tasks
    self.resolution = resolution
    self.steps = steps
    self.guidanceScale = guidanceScale
    self.sampler = sampler
    self.holeFill = holeFill
    self.vocabulary = vocabulary
    self.notes = notes
  }
}
