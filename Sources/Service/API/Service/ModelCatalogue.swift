package import Jobs

/// The models that are served, as `/v1/models` lists them; made by whoever loaded them.
package struct ModelCatalogue: Sendable {
  package var models: [ModelDescription]
  /// Limits of the engine beside those of a model.
  package var kernelSet: String
  package var blasCore: String

  package init(models: [ModelDescription], kernelSet: String, blasCore: String) {
    self.models = models
    self.kernelSet = kernelSet
    self.blasCore = blasCore
  }
}

/// One model: what it is, what it can do and what it does when nothing is asked for.
package struct ModelDescription: Sendable {
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
